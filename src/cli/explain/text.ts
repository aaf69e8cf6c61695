import type { Decision, Evidence } from '../../core/decision.ts';
import { REASONS } from '../../core/reasons.ts';
import type { Settings } from '../../core/settings.ts';
import { SIGNALS, type Signal, THRESHOLD } from '../../core/signals.ts';
import { oneLine } from '../../core/warnings.ts';
import { paint, type Sink, table } from '../io.ts';
import type { TemplateDecision } from '../manifests/decide-templates.ts';
import type { Identity } from '../manifests/object.ts';
import { nameOf } from '../manifests/object.ts';
import { HINTS } from './hints.ts';
import { pointsOf } from './points.ts';

/** The explanation of one pod template for people: what was seen, the verdict, what would change it. */
export function explanationText(sink: Sink, identity: Identity, decided: TemplateDecision, settings: Settings): string {
  const { template, decision, notes } = decided;
  const lines = [
    paint(sink, 'bold', nameOf(identity, template.part)),
    '',
    ...seen(decision),
    '',
    `verdict: ${verdict(sink, decision, settings)}`,
    `  ${REASONS[decision.reason]}`,
    ...decision.warnings.map((warning) => `warning: ${warning.replace(/^max-map-count: /, '')}`),
    ...notes.map((note) => `note: ${note}`),
    `what would change it: ${HINTS[decision.reason]}`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function seen({ evidence }: Decision): string[] {
  const rows = evidence.map((fact) => [
    `  ${fact.signal}`,
    oneLine(fact.container ?? '-'),
    oneLine(fact.path),
    shown(fact),
    pointsOf(fact.signal),
  ]);
  const found =
    rows.length > 0 ? table([['  SIGNAL', 'CONTAINER', 'WHERE', 'VALUE', 'POINTS'], ...rows]) : '  no signal at all\n';
  const telling = Object.keys(SIGNALS).filter((signal): signal is Signal => pointsOf(signal as Signal) !== '');
  const absent = telling.filter((signal) => evidence.every((fact) => fact.signal !== signal));
  return [
    ...found.trimEnd().split('\n'),
    `  looked for and not found: ${absent.join(', ')}`,
    `  a container is taken for a workload from ${THRESHOLD} points on`,
  ];
}

function shown({ value }: Evidence): string {
  return oneLine(String(value)).slice(0, 80);
}

function verdict(sink: Sink, decision: Decision, settings: Settings): string {
  const row = settings.catalogue.byName.get(decision.workload ?? '');
  const need =
    row && decision.value !== null ? `: ${row.title ?? row.name} needs vm.max_map_count >= ${decision.value}` : '';
  return decision.decision === 'patch'
    ? `${paint(sink, 'green', `patch (${decision.reason})`)}${need}`
    : `${paint(sink, 'yellow', `skip (${decision.reason})`)}${need}`;
}
