import { text } from '../../core/json.ts';
import { type ConditionComparison, compareMatchConditions } from '../../core/prefilter-comparison.ts';
import { type CheckResult, result } from './check-result.ts';
import { type Entry, entriesOf } from './registration.ts';
import type { WebhookSurvey } from './survey.ts';

const MOST_WORDS = 5;

/** Do the match conditions let every pod through that the configuration in force looks for. */
export function checkConditions(survey: WebhookSurvey): CheckResult[] {
  const { registrations } = survey;
  if (!registrations.ok) return [];
  const results = entriesOf(registrations.value).flatMap((entry) => conditionsOf(entry, survey));
  // The entries of one release share their conditions.
  return [...new Map(results.map((finding) => [finding.message, finding])).values()];
}

function conditionsOf(entry: Entry, { settings, inForce }: WebhookSurvey): CheckResult[] {
  const registered = entry.matchConditions.map((condition) => ({
    name: text(condition, 'name') ?? '',
    expression: text(condition, 'expression') ?? '',
  }));
  const compared = compareMatchConditions(registered, settings.catalogue.rows);
  const { others } = compared;
  const own = `${entry.configuration} has conditions of its own, ${few(others)}: pods that do not meet them never come to the webhook`;
  const prefilter = prefilterResult(entry, compared, inForce.ok);
  return [...(others.length > 0 ? [result('webhook-own-condition', own)] : []), ...(prefilter ? [prefilter] : [])];
}

function prefilterResult(
  entry: Entry,
  { prefilter, missing, inexpressible }: ConditionComparison,
  isKnown: boolean,
): CheckResult | undefined {
  const who = `the match condition of ${entry.configuration}`;
  if (prefilter === 'narrower' && isKnown) {
    const why = inexpressible ?? `it does not know ${few(missing)}`;
    return result(
      'webhook-narrow-condition',
      `${who} is narrower than the configuration in force, so that pods never come to the webhook: ${why}`,
      `helm upgrade the release behind ${entry.configuration}, or set webhook.prefilter=false`,
    );
  }
  if (prefilter !== 'narrower' && prefilter !== 'unknown') return undefined;
  return result(
    'webhook-other-condition',
    `${who} is not the one that this plugin makes for the configuration, so that it may be too narrow`,
    'use the plugin of the chart’s version, and --config with the webhook’s configuration',
  );
}

function few(words: readonly string[]): string {
  const more = words.length > MOST_WORDS ? ` and ${words.length - MOST_WORDS} more` : '';
  return `${words.slice(0, MOST_WORDS).join(', ')}${more}`;
}
