import { existsSync, readFileSync } from 'node:fs';
import { COVERED, isIn, type Line } from '../compatibility/covered.ts';
import { type Part, readRecord, transcriptFile } from '../compatibility/record.ts';
import { knownKubernetes } from '../programs/versions.ts';
import { renderStep } from '../proof/steps.ts';
import type { Transcript } from '../proof/transcript.ts';
import { table } from './markdown.ts';

/** A line for each thing that was tried and a column for each version of Kubernetes. */
export function versionsTable(): string {
  const { kubernetes } = readRecord();
  const minors = knownKubernetes();
  const headings = minors.map((minor) => kubernetes[minor]?.version.slice(1) ?? minor);
  const rows = (Object.keys(COVERED) as Line[]).map((line) => {
    return [line, ...minors.map((minor) => cell(line, minor, kubernetes[minor]?.lines[line]))];
  });
  return table(['', ...headings], rows);
}

function cell(line: Line, minor: string, day: string | undefined): string {
  if (!isIn(minor, line)) return 'no such kind';
  return day === undefined ? 'not tried' : `ran on ${day}`;
}

/** A row for each third-party part that runs in `npm run peers`. */
export function partsTable(): string {
  const { parts } = readRecord();
  return table(
    ['part', 'last run'],
    Object.entries(parts).map(([part, day]) => [part, `ran on ${day}`]),
  );
}

/** What was typed and printed beside a part. */
export function transcriptOf(part: Part): string {
  const file = transcriptFile(part);
  if (!existsSync(file)) return 'Not run yet.';
  const { date, versions, steps } = JSON.parse(readFileSync(file, 'utf8')) as Transcript;
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [`On ${date}, with ${names.join(', ')}.`, '', ...steps.flatMap(renderStep)].join('\n').trimEnd();
}
