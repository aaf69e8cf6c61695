import type { CatalogueRow } from './catalogue.ts';
import { parseImage } from './image.ts';
import type { Container, Pod } from './pod.ts';

/** A product's version and where it was read. */
export interface Version {
  readonly text: string;
  readonly path: string;
}

// Settings that came with Elasticsearch 5 (X-Pack in the distribution) and 7: with one of them a low tag is a build number.
const NEWER_SETTINGS = /^(?:discovery\.seed_hosts|cluster\.initial_master_nodes|node\.roles|xpack\..+)$/;

/**
 * The product's version: what its operator wrote on the pod, else what the tag of a published image says. Undefined when
 * nobody says: a digest alone, `latest`, a build number, a private image name whose tag counts something else.
 */
export function versionOf(
  row: CatalogueRow,
  container: Container,
  pod: Pod,
  isPublishedImage: boolean,
): Version | undefined {
  const label = row.hints.versionLabel;
  const labelled = label === undefined ? undefined : pod.labels.get(label);
  if (label !== undefined && labelled !== undefined && /^\d+(\.\d+)*/.test(labelled)) {
    return { text: labelled, path: '/metadata/labels' };
  }
  if (!isPublishedImage || container.env.some(({ name }) => NEWER_SETTINGS.test(name))) return undefined;
  const image = parseImage(container.image);
  const text = image?.tag === undefined ? undefined : versionInTag(image.tag, image.path.at(-1) ?? '');
  return text === undefined ? undefined : { text, path: `${container.path}/image` };
}

/** The product version that an image tag states, or undefined. */
export function versionInTag(tag: string, repository: string): string | undefined {
  // sebp/elk: 742 is 7.4.2, es235_l234_k454 holds Elasticsearch 2.3.5.
  const compact = /^elkx?$/.test(repository) ? /^(?:oss-)?(?:es)?(\d)(\d)(\d)(?:_|$)/.exec(tag) : null;
  if (compact) return compact.slice(1, 4).join('.');
  // Search Guard: 2.0.0-es-8.13.4.
  const named = /(?:^|[-_.])es-?v?(\d+(?:\.\d+)+)/.exec(tag);
  return named?.[1] ?? /^(?:v|be-)?(\d+(?:\.\d+)*)(?=$|[-_+])/.exec(tag)?.[1];
}

/** Negative, zero or positive as version `a` is lower than, equal to or higher than `b`; missing parts count as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function parts(version: string): number[] {
  return (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
}

/** A range of versions: from `from` on, up to but without `before`. */
export interface VersionRange {
  readonly from?: string | undefined;
  readonly before?: string | undefined;
}

/** True when a version lies in a range. */
export function isIn({ text }: Version, { from, before }: VersionRange): boolean {
  const isOldEnough = before === undefined || compareVersions(text, before) < 0;
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
  const applies = version === undefined || isIn(version, { from: recommended.since });
  return applies ? Math.max(required, recommended.value) : required;
}
