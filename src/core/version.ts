import type { CatalogueRow, VersionedImages } from './catalogue-row.ts';
import { type ImageReference, matchesAny } from './image.ts';
import type { Container, Pod } from './pod.ts';

/** A product's version, or the series that a floating tag such as `8` stands for, and where it was read. */
export interface Version {
  readonly text: string;
  readonly path: string;
}

/**
 * The product's version: what its operator wrote on the pod, else what the tag says, of an image whose publisher tags it
 * with the product's version. Undefined when nobody says: a digest alone, `latest`, a private build whose tag counts builds.
 */
export function versionOf(
  row: CatalogueRow,
  container: Container,
  image: ImageReference | undefined,
  pod: Pod,
): Version | undefined {
  const label = row.hints.versionLabel;
  const labelled = label === undefined ? undefined : pod.labels.get(label);
  if (labelled !== undefined && /^\d{1,9}(?:\.\d{1,9}){0,4}/.test(labelled)) {
    return { text: labelled.slice(0, 40), path: '/metadata/labels' };
  }
  const published = image && row.versioned.find(({ images }) => matchesAny(image, images));
  const text = published && image.tag !== undefined ? versionIn(image.tag, published) : undefined;
  return text === undefined ? undefined : { text, path: `${container.path}/image` };
}

function versionIn(tag: string, { tags, from }: VersionedImages): string | undefined {
  const text = tags.length === 0 ? versionInTag(tag) : tagged(tag, tags);
  // Lower than the first version that was ever published there: a mirror's own count.
  return text !== undefined && from !== undefined && compareVersions(text, from) < 0 ? undefined : text;
}

function tagged(tag: string, forms: VersionedImages['tags']): string | undefined {
  for (const { form, isDigits } of forms) {
    const found = form.exec(tag)?.[1];
    if (found !== undefined) return isDigits ? [...found].join('.') : found;
  }
  return undefined;
}

/** The version that an image tag starts with, or undefined: `8.16.2`, `v5.6.4-1`, but neither `latest` nor `2ab34cd`. */
export function versionInTag(tag: string): string | undefined {
  return /^v?(\d+(?:\.\d+)*)(?=$|[-_+])/.exec(tag)?.[1];
}

/** Negative, zero or positive as version `a` is lower than, equal to or higher than `b`; missing parts count as 0. */
export function compareVersions(a: string, b: string): number {
  return compareParts(versionParts(a), versionParts(b));
}

function compareParts(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The numbers that a version starts with. */
export function versionParts(version: string): number[] {
  const parts: number[] = [];
  let at = 0;
  while (isDigit(version.charCodeAt(at))) {
    let number = 0;
    for (; isDigit(version.charCodeAt(at)); at += 1) number = number * 10 + version.charCodeAt(at) - ZERO;
    parts.push(number);
    if (version[at] !== '.') break;
    at += 1;
  }
  return parts;
}

const ZERO = 48;

function isDigit(code: number): boolean {
  return code >= ZERO && code < ZERO + 10;
}

// `8` and `8.19` are floating tags: the newest of their series has any number in the next place.
function newestOf(version: string): readonly number[] {
  const own = versionParts(version);
  return own.length >= WHOLE ? own : [...own, Number.POSITIVE_INFINITY];
}

const WHOLE = 3;

/** A range of versions: from `from` on, up to but without `before`. */
export interface VersionRange {
  readonly from?: string | undefined;
  readonly before?: string | undefined;
}

/** True when a version, or every version of its series, lies in a range. */
export function isIn({ text }: Version, { from, before }: VersionRange): boolean {
  const isOldEnough = before === undefined || compareParts(newestOf(text), versionParts(before)) < 0;
  return isOldEnough && (from === undefined || compareVersions(text, from) >= 0);
}

/** What the row's vendor demands of this version; 0 when it demands nothing. An unknown version gets the row's number. */
export function requiredOf(row: CatalogueRow, version: Version | undefined): number {
  const earlier = version && row.earlier.find((range) => isIn(version, range));
  return earlier?.required ?? row.required;
}

/** What to aim for: the recommended number where the administrator wants it and the vendor recommends one for this version. */
export function targetOf(row: CatalogueRow, version: Version | undefined, level: 'required' | 'recommended'): number {
  const required = requiredOf(row, version);
  const { recommended } = row;
  if (level === 'required' || !recommended || required === 0) return required;
  const { since } = recommended;
  const applies =
    version === undefined || since === undefined || compareParts(newestOf(version.text), versionParts(since)) >= 0;
  return applies ? Math.max(required, recommended.value) : required;
}
