import { paint, type Sink, table } from '../io.ts';
import type { CheckResult } from './check-result.ts';
import type { Diagnosis } from './diagnosis.ts';

const STYLES = { ok: 'green', finding: 'red', unknown: 'yellow' } as const;
const INDENT = ' '.repeat(23);

/** The report as people read it: a line per result, what to do, where to read more, and the nodes. */
export function reportText({ context, server, findings, nodes }: Diagnosis, sink: Sink): string {
  const lines = findings.flatMap((finding) => linesOf(finding, sink));
  const rows = nodes.map(({ name, value }) => [name, value ?? 'not known']);
  const known = nodes.length > 0 ? `\n${table([['NODE', 'VM.MAX_MAP_COUNT'], ...rows])}` : '';
  return `context ${context} (${server})\n\n${lines.map((line) => `${line}\n`).join('')}${known}`;
}

function linesOf({ id, check, level, message, remedy, docs }: CheckResult, sink: Sink): string[] {
  const head = `${paint(sink, STYLES[level], level.padEnd(7))}  ${check.padEnd(12)}  ${printable(message)}`;
  const more = docs === undefined ? [] : [`${INDENT}more: ${docs.slice(0, docs.indexOf('#'))}#${id}`];
  return [head, ...(remedy === undefined ? [] : [`${INDENT}do: ${printable(remedy)}`]), ...more];
}

// Messages quote what pods and servers say, which may hold anything; commands must stay whole, however long they are.
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** How many results there are of each level, in one line. */
export function countsText(findings: readonly CheckResult[]): string {
  const { ok, finding, unknown } = counts(findings);
  return `${ok} ok, ${finding} to act on, ${unknown} not known`;
}

/** How many results there are of each level. */
export function counts(findings: readonly CheckResult[]): Record<CheckResult['level'], number> {
  const count = (level: CheckResult['level']) => findings.filter((finding) => finding.level === level).length;
  return { ok: count('ok'), finding: count('finding'), unknown: count('unknown') };
}
