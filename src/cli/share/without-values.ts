import type { Settings } from '../../core/settings.ts';
import { type DecidedInput, type DecisionOptions, decidedText } from '../manifests/decided.ts';
import { type Redacted, redacted } from './redact.ts';

/** A manifest to share, and whether it is still decided on as before. */
export type Shareable = Redacted & { readonly isDecidedAlike?: boolean };

/**
 * A manifest without the values of its environment variables. Those stay that switch the need off, such as `single-node`:
 * they come from the catalogue's list, and the verdict rests on them.
 */
export function withoutValues(name: string, text: string, options: DecisionOptions, settings: Settings): Shareable {
  const before = decidedText(name, text, options, settings);
  const result = redacted(name, text, switches(before));
  if (!result.ok) return result;
  const after = decidedText(name, result.text, options, settings);
  return { ...result, isDecidedAlike: verdicts(before) === verdicts(after) };
}

function decisionsOf(input: DecidedInput) {
  return input.ok ? input.objects.flatMap(({ decisions }) => decisions.map(({ decision }) => decision)) : [];
}

function switches(input: DecidedInput): ReadonlySet<string> {
  const facts = decisionsOf(input).flatMap(({ evidence }) => evidence);
  const settings = facts.filter(({ signal }) => signal === 'setting');
  return new Set(settings.map(({ value }) => String(value).replace(/^[^=]*=/, '')));
}

function verdicts(input: DecidedInput): string {
  return JSON.stringify(
    decisionsOf(input).map(({ reason, workload, value, strategy }) => [reason, workload, value, strategy]),
  );
}
