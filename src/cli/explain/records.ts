import type { Settings } from '../../core/settings.ts';
import type { Io } from '../io.ts';
import type { TemplateDecision } from '../manifests/decide-templates.ts';
import type { DecidedObject } from '../manifests/decided.ts';
import type { Identity } from '../manifests/object.ts';
import { explanationText } from './text.ts';

/** An object with what was decided on its pods. */
export type Explained = Pick<DecidedObject, 'identity' | 'decisions'>;

/** The explanations for people; says so on stderr when there is nothing to explain. */
export function explanations(explained: readonly Explained[], settings: Settings, { stdout, stderr }: Io): string {
  const texts = explained.flatMap(({ identity, decisions }) => {
    return decisions.map((decided) => explanationText(stdout, identity, decided, settings));
  });
  if (texts.length === 0) stderr.write('nothing here makes pods\n');
  return texts.join('\n');
}

/** The decision records as docs/reference/contract.md has them: one element per pod template, absent facts as null. */
export function explanationJson(explained: readonly Explained[]): string {
  const records = explained.flatMap(({ identity, decisions }) =>
    decisions.map((decided) => recordOf(identity, decided)),
  );
  return `${JSON.stringify(records, null, 2)}\n`;
}

function recordOf({ kind, namespace, name }: Identity, { decision, podPatch }: TemplateDecision): unknown {
  const { reason, workload, required, value, strategy, evidence, warnings } = decision;
  const seen = evidence.map(({ signal, container, path, value: found }) => ({ signal, container, path, value: found }));
  return {
    kind,
    namespace,
    name: name || null,
    decision: decision.decision,
    reason,
    workload,
    required,
    value,
    strategy,
    evidence: seen,
    warnings,
    patch: podPatch,
  };
}
