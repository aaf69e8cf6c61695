import { LIMITS } from './limits.ts';
import { last, type NonEmpty, split } from './non-empty.ts';

/** A container image reference, taken apart. */
export interface ImageReference {
  /** The registry host with its port, or undefined for Docker Hub's short names. */
  readonly registry: string | undefined;
  /** The path components of the repository; Docker Hub's short names stand under `library`. */
  readonly path: NonEmpty<string>;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

// The reference grammar of github.com/distribution/reference, except that a shortened digest passes: it still names its repository.
const COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]+$/;
const HOST = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::[0-9]+)?$/;
// Docker Hub, which keeps its official images under `library`.
const DOCKER_HUB = new Set([undefined, 'docker.io', 'index.docker.io', 'registry-1.docker.io']);

/** Takes an image reference apart; undefined when it is none by the reference grammar. Takes linear time. */
export function parseImage(reference: string): ImageReference | undefined {
  if (reference.length > LIMITS.image.most) return undefined;
  const at = reference.indexOf('@');
  const digest = at === -1 ? undefined : reference.slice(at + 1);
  const named = at === -1 ? reference : reference.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  const components = split(hasTag ? named.slice(0, colon) : named, '/');
  const [first, ...others] = components;
  const [second, ...rest] = others;
  const registry = second !== undefined && isRegistry(first) ? first : undefined;
  const path: NonEmpty<string> = second !== undefined && registry !== undefined ? [second, ...rest] : components;
  const wellFormed =
    path.every((component) => COMPONENT.test(component)) &&
    (registry === undefined || HOST.test(registry)) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest));
  if (!wellFormed) return undefined;
  const isOfficial = path.length === 1 && DOCKER_HUB.has(registry);
  return { registry, path: isOfficial ? ['library', ...path] : path, tag, digest };
}

// Docker's rule for telling `localhost:5000/x` and `registry.corp/x` from `bitnami/x`.
function isRegistry(component: string): boolean {
  return component.includes('.') || component.includes(':') || component === 'localhost' || /[A-Z]/.test(component);
}

/** What stands between the `*` of a glob; one part means that there is no `*`. */
export type Glob = NonEmpty<string>;

/** Takes a glob apart, in which `*` stands for any characters. */
export function parseGlob(glob: string): Glob {
  return split(glob, '*');
}

/** The longest text between the `*` of a glob, the first of equals: whatever matches the glob holds it. */
export function longestPart(glob: Glob): string {
  return glob.reduce((longest, part) => (part.length > longest.length ? part : longest));
}

/** True when `value` as a whole matches the glob. Takes linear time per `*`. */
export function matchesGlob(value: string, glob: Glob): boolean {
  const head = glob[0];
  if (glob.length === 1) return value === head;
  const tail = last(glob);
  if (!value.startsWith(head) || value.length < head.length + tail.length) return false;
  let from = head.length;
  for (const part of glob.slice(1, -1)) {
    const found = value.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return from <= value.length - tail.length && value.endsWith(tail);
}

/** A repository pattern `[path/]repository[:tag-glob]`, taken apart. */
export interface ImagePattern {
  readonly path: NonEmpty<Glob>;
  readonly tag: Glob | undefined;
  /** True when it names a repository without a `*`. */
  readonly isExact: boolean;
}

const PATTERN = /^[a-z0-9*._-]+(?:\/[a-z0-9*._-]+)*(?::[\w.*-]+)?$/;

/** Takes a repository pattern apart; undefined when it is none. `*` stands for any characters inside one component or in the tag. */
export function parsePattern(pattern: string): ImagePattern | undefined {
  if (!PATTERN.test(pattern)) return undefined;
  const colon = pattern.indexOf(':');
  const repository = colon === -1 ? pattern : pattern.slice(0, colon);
  const [first, ...rest] = split(repository, '/');
  return {
    path: [parseGlob(first), ...rest.map(parseGlob)],
    tag: colon === -1 ? undefined : parseGlob(pattern.slice(colon + 1)),
    isExact: !repository.includes('*'),
  };
}

/** True when the image's trailing path components, and its tag where the pattern names one, match the pattern. */
export function matchesPattern(image: ImageReference, pattern: ImagePattern): boolean {
  const offset = image.path.length - pattern.path.length;
  if (offset < 0) return false;
  // From the end: the last component tells most patterns apart.
  const differs = pattern.path.findLastIndex((glob, index) => !matchesGlob(image.path[offset + index] as string, glob));
  if (differs !== -1) return false;
  return pattern.tag === undefined || matchesGlob(image.tag ?? '', pattern.tag);
}

/** True when one of the patterns matches. */
export function matchesAny(image: ImageReference, patterns: readonly ImagePattern[]): boolean {
  return patterns.some((pattern) => matchesPattern(image, pattern));
}

/** The image without the number at the end of its name: `elasticsearch7` and `elasticsearch-7` are builds of `elasticsearch`. */
export function withoutNumber(image: ImageReference): ImageReference {
  const name = last(image.path);
  const bare = nameWithoutNumber(name);
  return bare === name ? image : { ...image, path: image.path.with(-1, bare) as [string, ...string[]] };
}

/** A repository's name without the number at its end, with the `-`, `_` or `v` before it; the name itself where nothing is left. */
export function nameWithoutNumber(name: string): string {
  let end = name.length;
  while (end > 0 && isDigitOrDot(name.charCodeAt(end - 1))) end -= 1;
  if (end === name.length) return name;
  if (name[end - 1] === 'v' && (name[end - 2] === '-' || name[end - 2] === '_')) end -= 1;
  if (name[end - 1] === '-' || name[end - 1] === '_') end -= 1;
  return end === 0 ? name : name.slice(0, end);
}

function isDigitOrDot(code: number): boolean {
  return code === 46 || (code >= 48 && code <= 57);
}
