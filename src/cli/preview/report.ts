import { REASONS } from '../../core/reasons.ts';
import type { Settings } from '../../core/settings.ts';
import { paint, type Sink } from '../io.ts';
import type { TemplateDecision } from '../manifests/decide-templates.ts';
import type { Identity } from '../manifests/object.ts';
import { nameOf } from '../manifests/object.ts';

/** How many pod templates of a run would be changed, and what else was read. */
export interface Tally {
  changed: number;
  unchanged: number;
  /** Objects that make no pods. */
  other: number;
  /** Inputs that could not be read, and documents that kubectl would refuse. */
  failed: number;
}

/** The lines about one pod template; none, unless `verbose`, where the webhook has no business. */
export function reportLines(
  sink: Sink,
  identity: Identity,
  { template, decision, notes, isLeft }: TemplateDecision,
  settings: Settings,
  verbose: boolean,
): string[] {
  if (decision.reason === 'not-matched' && decision.warnings.length === 0 && !verbose) return [];
  if (isLeft) return [`${nameOf(identity, template.part)}: ${paint(sink, 'yellow', 'unchanged')}: ${LEFT}`];
  const isPatch = decision.decision === 'patch';
  const verdict = isPatch
    ? paint(sink, 'green', `would be patched (${decision.reason})`)
    : paint(sink, 'yellow', `unchanged (${decision.reason})`);
  const row = settings.catalogue.byName.get(decision.workload ?? '');
  const why = isPatch
    ? `${row?.title ?? decision.workload} needs vm.max_map_count >= ${decision.value}`
    : REASONS[decision.reason];
  // The first warning of a patch only announces it.
  const warnings = isPatch && !verbose ? decision.warnings.slice(1) : decision.warnings;
  return [
    `${nameOf(identity, template.part)}: ${verdict}: ${why}`,
    ...warnings.map((warning) => `  ${paint(sink, 'yellow', 'warning:')} ${warning.replace(/^max-map-count: /, '')}`),
    ...notes.map((note) => `  ${paint(sink, 'cyan', 'note:')} ${note}`),
  ];
}

const LEFT = 'the policy leaves the pod alone, which the webhook would patch; docs/engines.md lists such pods';

/** The last line of a run: what was read and what would happen. */
export function summary({ changed, unchanged, other, failed }: Tally): string {
  const templates = `${changed + unchanged} pod template${changed + unchanged === 1 ? '' : 's'}`;
  const rest = other > 0 ? `; ${other} other object${other === 1 ? '' : 's'} passed through` : '';
  const failures = failed > 0 ? `; ${failed} could not be read` : '';
  return `${templates}: ${changed} would be patched, ${unchanged} unchanged${rest}${failures}`;
}
