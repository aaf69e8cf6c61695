import { styleText } from 'node:util';
import { structuredPatch } from 'diff';

type Style = Parameters<typeof styleText>[0];

/** Writes one line to stdout. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Writes one line of progress to stderr. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Colours a text; left plain when stdout is no terminal or NO_COLOR is set, unless FORCE_COLOR asks for it. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Prints a numbered heading. */
export function heading(number: number, text: string): void {
  print(`\n${styled('bold', `${number}. ${text}`)}`);
}

/** Prints a text, each line of it a little to the right. */
export function indented(text: string, style: Style = 'reset'): void {
  for (const line of text.trimEnd().split('\n')) print(`   ${style === 'reset' ? line : styled(style, line)}`);
}

/** Prints rows under each other in columns. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) indented(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   '));
}

/** Prints what differs between two texts, with two lines around each change. */
export function difference(before: string, after: string): void {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: 2 });
  const styles: Partial<Record<string, Style>> = { '+': 'green', '-': 'red' };
  for (const [index, { lines }] of hunks.entries()) {
    if (index > 0) indented('  ...', 'dim');
    for (const line of lines) indented(line, styles[line.charAt(0)] ?? 'dim');
  }
}
