import { longestPart, parseGlob } from './image.ts';
import { last, split } from './non-empty.ts';
import type { Workload } from './workload.ts';

/** What some rows are recognised by, as the prefilter asks for it: each word once, in the order of the rows. */
export interface PrefilterWords {
  /** Names of repositories without their path; a number may follow. */
  readonly imageNames: readonly string[];
  /** What other repository names hold. */
  readonly imageParts: readonly string[];
  /** Settings that only the server reads. */
  readonly settings: readonly string[];
  /** Variables that its tools read, too. */
  readonly hints: readonly string[];
  /** Folders of its data, each with a slash at the end. */
  readonly mounts: readonly string[];
  /** Labels of operators, `*` for any value. */
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly ports: readonly number[];
  /** What its containers are called. */
  readonly names: readonly string[];
}

/** The part of a row that the prefilter is made of. */
export type RecognisedBy = Pick<Workload, 'images' | 'env' | 'mounts' | 'labels'> & {
  readonly hints: Pick<Workload['hints'], 'images' | 'env' | 'ports' | 'containers'>;
};

/** The words of some rows. Those that another one covers are left out. */
export function wordsOf(rows: readonly RecognisedBy[]): PrefilterWords {
  const each = <T>(list: (row: RecognisedBy) => readonly T[]) => [...new Set(rows.flatMap(list))];
  const globs = each(({ images, hints }) => [...images, ...hints.images].map(repositoryName));
  const names = globs.filter((glob) => !glob.includes('*'));
  const parts = [...new Set(globs.filter((glob) => glob.includes('*')).map((glob) => longestPart(parseGlob(glob))))];
  return {
    imageNames: names.filter((name) => !parts.some((part) => name.includes(part))),
    imageParts: parts.filter((part) => !parts.some((other) => other !== part && part.includes(other))),
    settings: each(({ env }) => env),
    hints: each(({ hints }) => hints.env),
    mounts: each(({ mounts }) => mounts.map((mount) => `${mount.replace(/\/+$/, '')}/`)),
    labels: each(({ labels }) =>
      Object.entries(labels)
        .map(([key, value]) => `${key}=${anyOrText(value)}`)
        .sort(),
    ).map(pair),
    ports: each(({ hints }) => hints.ports.flat()),
    names: each(({ hints }) => hints.containers),
  };
}

// `[path/]name[:tag]`
function repositoryName(pattern: string): string {
  const [repository] = split(pattern, ':');
  return last(split(repository, '/'));
}

// A value with a wildcard counts as any: wider, and rare.
function anyOrText(glob: string): string {
  return glob.includes('*') ? '*' : glob;
}

function pair(label: string): readonly [string, string] {
  const equals = label.indexOf('=');
  return [label.slice(0, equals), label.slice(equals + 1)];
}
