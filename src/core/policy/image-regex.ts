import { globRegex, IN_COMPONENT, NEVER_MATCHES } from '../cel.ts';
import type { Workload } from '../workload.ts';

// Regular expressions for whole image references that the reference grammar accepts; each holds its own anchors.

// The grammar of src/core/image.ts without what nobody writes: hosts in upper case, IPv6 addresses.
const PART = '[a-z0-9]+(?:(?:[.]|__?|-+)[a-z0-9]+)*';
const PART_NO_HOST = '[a-z0-9]+(?:(?:__?|-+)[a-z0-9]+)*';
const HOST = '(?:localhost|[a-z0-9-]+(?:[.][a-z0-9-]+)+|[a-z0-9-]+(?::[0-9]+))(?::[0-9]+)?';
const REST = '(?::[^/@]*)?(?:@.*)?$';

/** References that are read at all. */
export const REFERENCE = `^(?:(?:${HOST}|${PART_NO_HOST})/(?:${PART}/)*)?${PART}(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]+)?$`;

/** Official images of Docker Hub. */
export const OFFICIAL = `(?:^(?:(?:index[.]|registry-1[.])?docker[.]io/)?|(?:^|/)library/)${IN_COMPONENT}${REST}`;

/** How exact a regular expression for patterns has to be. */
export interface ImageRegexOptions {
  /** Also images whose name has a number at its end: `elasticsearch7`. */
  readonly numbered?: boolean;
  /** What must follow the repository in the place of any tag. */
  readonly tag?: string;
}

/** Images that one of the patterns `[path/]repository[:tag-glob]` matches. */
export function imageRegex(patterns: readonly string[], { numbered = false, tag }: ImageRegexOptions = {}): string {
  const groups = new Map<string, string[]>();
  for (const pattern of patterns) {
    const [repository = '', tags] = pattern.split(':');
    for (const prefix of prefixesOf(repository)) {
      const name = repository.replace(/^library\//, prefix.isWhole ? 'library/' : '');
      const end = `${numbered ? numberAfter(name) : ''}${tag ?? tagOf(tags)}`;
      const key = `${prefix.regex}\0${end}`;
      groups.set(key, [...(groups.get(key) ?? []), globRegex(name, IN_COMPONENT)]);
    }
  }
  const all = [...groups].map(([key, names]) => {
    const [prefix = '', end = ''] = key.split('\0');
    return `${prefix}${names.length === 1 ? names[0] : `(?:${names.join('|')})`}${end}`;
  });
  return all.length > 0 ? all.join('|') : NEVER_MATCHES;
}

// What nameWithoutNumber in src/core/image.ts takes off: digits that follow digits are part of the same number.
function numberAfter(name: string): string {
  return /[0-9.]$/.test(name) ? '(?:[-_]v?[0-9.]+)?' : '(?:(?:[-_]v?)?[0-9.]+)?';
}

interface Prefix {
  readonly regex: string;
  /** False where Docker Hub's short form leaves `library/` out. */
  readonly isWhole: boolean;
}

function prefixesOf(repository: string): Prefix[] {
  const path = repository.split('/');
  const [first = ''] = path;
  const official: Prefix[] = [{ regex: '^(?:(?:index[.]|registry-1[.])?docker[.]io/)?', isWhole: false }];
  // Its first component would be a registry's name if nothing stood before it.
  const isHost = path.length > 1 && /[.*]|^localhost$/.test(first);
  const whole: Prefix = { regex: isHost ? '/' : '(?:^|/)', isWhole: true };
  return path.length === 2 && first === 'library' ? [...official, whole] : [whole];
}

function tagOf(tags: string | undefined): string {
  return tags === undefined || tags === '*' ? REST : `:${globRegex(tags, '[^/@]*')}(?:@.*)?$`;
}

/** Images whose name holds the word of a tool; undefined where the row has no such words. */
export function toolRegex({ anywhere, whole }: Workload['toolWords']): string | undefined {
  const some = anywhere.length > 0 ? [`${IN_COMPONENT}(?:${anywhere.join('|')})${IN_COMPONENT}`] : [];
  const [before, after] = [`(?:${IN_COMPONENT}[^a-z0-9/:@])?`, `(?:[^a-z0-9/:@]${IN_COMPONENT})?`];
  const short = whole.length > 0 ? [`${before}(?:${whole.join('|')})${after}`] : [];
  const words = [...some, ...short];
  return words.length > 0 ? `(?:^|/)(?:${words.join('|')})${REST}` : undefined;
}
