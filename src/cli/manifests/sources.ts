import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { plain } from '../../input/plain.ts';
import { readStdin, readText } from '../../input/read-text.ts';

/** One input: its text, or why it could not be read. */
export type Source =
  | { readonly ok: true; readonly name: string; readonly text: string }
  | { readonly ok: false; readonly name: string; readonly problem: string };

// MiB: the API server refuses an object above 3 MiB, and a chart renders to a few.
const LARGEST = 16;
const MANIFEST = /\.(?:ya?ml|json)$/;

/**
 * Reads what `-f` names, in order: files, `-` for standard input, directories (their .yaml, .yml and .json files by name;
 * with `recursive` those of their subdirectories too). Links to directories are not followed, so a loop cannot trap it.
 */
export function* readSources(names: readonly string[], reading: Reading): Generator<Source> {
  for (const name of names)
    yield* name === '-' ? [attempt('standard input', () => readStdin(LARGEST))] : readPath(name, reading);
}

/** How to read directories. */
export interface Reading {
  readonly recursive: boolean;
  /** Hears what is passed over, one line each. */
  readonly say: (line: string) => void;
}

function* readPath(name: string, reading: Reading): Generator<Source> {
  if (/^https?:\/\//.test(name)) {
    yield { ok: false, name, problem: 'URLs are not fetched: pipe it in with curl ... | ... -f -' };
    return;
  }
  const found = attempt(name, () => (statSync(name).isDirectory() ? 'directory' : 'file'));
  if (!found.ok) yield found;
  else if (found.text === 'file') yield attempt(name, () => readText(name, LARGEST));
  else yield* readDirectory(name, reading);
}

function* readDirectory(directory: string, { recursive, say }: Reading): Generator<Source> {
  const files: string[] = [];
  const listed = attempt(directory, () => {
    files.push(...manifestsIn(directory, recursive));
    const skipped = recursive ? [] : subdirectoriesOf(directory);
    if (files.length > 0 && skipped.length > 0)
      say(`${directory}: ${skipped.join(', ')} not read (-R reads subdirectories)`);
    return '';
  });
  if (!listed.ok) yield listed;
  else if (files.length === 0) {
    const hint = recursive ? '' : ' (-R looks into subdirectories)';
    yield { ok: false, name: directory, problem: `holds no .yaml, .yml or .json file${hint}` };
  } else for (const file of files) yield attempt(file, () => readText(file, LARGEST));
}

function manifestsIn(directory: string, recursive: boolean): string[] {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return recursive ? manifestsIn(path, recursive) : [];
    return MANIFEST.test(entry.name) ? [path] : [];
  });
}

function subdirectoriesOf(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [`${entry.name}/`] : [])).sort();
}

function attempt(name: string, read: () => string): Source {
  try {
    return { ok: true, name, text: read() };
  } catch (error) {
    return { ok: false, name, problem: plain(error) };
  }
}
