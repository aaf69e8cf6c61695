// The page's one entry into the product: the functions behind `preview` and `explain`, and what they say as plain data.
import { pointsOf } from '../src/cli/explain/points.ts';
import { type DecidedInput, type DecidedObject, decidedText } from '../src/cli/manifests/decided.ts';
import { nameOf } from '../src/cli/manifests/object.ts';
import { isOperated } from '../src/cli/manifests/operated.ts';
import { parseConfig } from '../src/config/config.ts';
import type { AllowedStrategy } from '../src/core/decision.ts';
import { policyText } from '../src/core/policy/policy.ts';
import type { Settings } from '../src/core/settings.ts';
import { SIGNALS, type Signal } from '../src/core/signals.ts';
import { oneLine } from '../src/core/warnings.ts';
import { policyEvaluator } from '../src/policy/evaluate.ts';
import type { Answer, Problem, Question, TemplateView } from './answer.ts';
import { type Lines, linesOf } from './lines.ts';

/** What was read and decided, for {@link textsOf}. */
export type Decided = Extract<DecidedInput, { ok: true }>;

/** The manifest's name in messages and diffs. */
export const MANIFEST = 'manifest.yaml';

// As the webhook: a review is no larger.
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Decides on a manifest; `decided` is absent where nothing could be read. */
export function decide({ manifest, config, strategy, engine }: Question): {
  answer: Answer;
  decided?: Decided;
} {
  const read = parseConfig(config, 'config.yaml');
  if (!read.ok) return { answer: { ...NOTHING, configProblems: read.problems.map(problemIn) } };
  if (manifest.trim() === '') return { answer: NOTHING };
  if (manifest.length > MOST_CHARACTERS) return { answer: { ...NOTHING, problems: [TOO_LARGE] } };
  const { settings } = read.config;
  const policy = engine === 'admissionPolicy' ? policyEvaluator(policyText(settings, everywhere(strategy))) : undefined;
  const decided = decidedText(MANIFEST, manifest, { strategy, ...(policy && { policy }) }, settings);
  const problems = decided.problems.flat().map(problemIn);
  if (!decided.ok) return { answer: { ...NOTHING, problems } };
  const lines = linesOf(decided.manifests);
  const operated = decided.objects.filter(({ object, decisions }) => decisions.length === 0 && isOperated(object));
  return {
    decided,
    answer: {
      problems,
      configProblems: [],
      oddities: decided.oddities.map(problemIn),
      templates: decided.objects.flatMap((object) => templatesIn(object, settings, lines)),
      others: decided.objects.filter(({ decisions }) => decisions.length === 0).length,
      operated: operated.map(({ identity }) => nameOf(identity)),
    },
  };
}

// The namespace is the one that was asked about, whatever its level.
function everywhere(strategy: AllowedStrategy) {
  return { clusterDefault: 'privileged', privilegedNamespaces: strategy, restrictedNamespaces: strategy } as const;
}

const NOTHING: Answer = { problems: [], configProblems: [], oddities: [], templates: [], others: 0, operated: [] };
const TOO_LARGE = { sentence: 'the manifest is larger than 4 MiB: kubectl max-map-count reads larger ones' };

function problemIn(text: string): Problem {
  const [, line, column, sentence = ''] = /^(?:manifest|config)\.yaml:(\d+):(\d+): ([\s\S]*)$/.exec(text) ?? [];
  if (line === undefined) return { sentence: text.replace(/^(?:manifest|config)\.yaml: /, '') };
  return { sentence, line: Number(line), column: Number(column) };
}

function templatesIn(found: DecidedObject, settings: Settings, lines: Lines): TemplateView[] {
  return found.decisions.map(({ template, decision, notes, isLeft }): TemplateView => {
    const row = settings.catalogue.byName.get(decision.workload ?? '');
    const facts = decision.evidence.map(({ signal, container, path, value }) => {
      const [operation] = template.write([{ op: 'add', path, value: null }]);
      const at = operation && lines(found.document, `${found.pointer}${operation.path}`);
      const told = { signal, container, path, value: oneLine(String(value)), points: pointsOf(signal) };
      return at ? { ...told, lines: at } : told;
    });
    return {
      name: nameOf(found.identity, template.part),
      decision: isLeft ? 'left' : decision.decision,
      reason: decision.reason,
      product: row?.title ?? decision.workload,
      value: decision.value,
      strategy: decision.strategy,
      facts,
      absent: TELLING.filter((signal) => facts.every((fact) => fact.signal !== signal)),
      warnings: decision.warnings,
      notes,
      document: found.document,
    };
  });
}

const TELLING = (Object.keys(SIGNALS) as Signal[]).filter((signal) => pointsOf(signal) !== '');
