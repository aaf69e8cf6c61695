import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COVERED, isIn, type Line } from './covered.ts';

/** A real third-party part that the product is run beside. */
export type Part = 'cert-manager' | 'eck';

/** What ran: for each minor version of Kubernetes its whole version and the day of each line's last good run. */
export interface Record {
  readonly kubernetes: Readonly<{
    [minor: string]: { readonly version: string; readonly lines: Readonly<Partial<{ [line in Line]: string }>> };
  }>;
  /** The day of each third-party part's last good run, by its name and version. */
  readonly parts: Readonly<{ [part: string]: string }>;
}

const FOLDER = new URL('.', import.meta.url);
const FILE = fileURLToPath(new URL('ran.json', FOLDER));

/** What ran so far. */
export function readRecord(): Record {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Record;
}

/** Keeps what ran. */
export function writeRecord(record: Record): void {
  writeFileSync(FILE, `${JSON.stringify(record, null, 2)}\n`);
}

/** The record with those lines whose tests are all among the passed files. */
export function withLines(record: Record, version: string, passed: readonly string[], day: string): Record {
  const minor = version.slice(1).split('.').slice(0, 2).join('.');
  const before = record.kubernetes[minor];
  const kept = before?.version === version ? before.lines : {};
  const names = Object.keys(COVERED) as Line[];
  const shown = names.filter((line) => isIn(version, line) && COVERED[line].every((file) => passed.includes(file)));
  const lines = { ...kept, ...Object.fromEntries(shown.map((line) => [line, day])) };
  return { ...record, kubernetes: { ...record.kubernetes, [minor]: { version, lines } } };
}

/** Where the transcript of the last good run beside a part is kept. */
export function transcriptFile(part: Part, folder = FOLDER): URL {
  return new URL(`transcripts/${part}.json`, folder);
}

/** Keeps the transcript of a good run. */
export function keepTranscript(part: Part, transcript: string, folder = FOLDER): void {
  const file = transcriptFile(part, folder);
  // Not there before the first run: git keeps no empty folders.
  mkdirSync(new URL('.', file), { recursive: true });
  copyFileSync(transcript, file);
}
