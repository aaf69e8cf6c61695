import type { CatalogueRow } from './catalogue-row.ts';
import { type ImagePattern, type ImageReference, matchesAny, withoutNumber } from './image.ts';
import { last } from './non-empty.ts';
import type { Signal } from './signals.ts';

/** What an image can say. */
export type ImageSignal = Extract<
  Signal,
  'image' | 'image-name' | 'image-hint' | 'tool-name' | 'not-image' | 'other-image'
>;

/** What an image's name says for a row; undefined when it says nothing. */
export function nameSignal(image: ImageReference | undefined, row: CatalogueRow): ImageSignal | undefined {
  if (!image) return undefined;
  const bare = withoutNumber(image);
  const matches = (patterns: readonly ImagePattern[]) =>
    matchesAny(image, patterns) || (bare !== image && matchesAny(bare, patterns));
  if (matches(row.publishedPatterns)) return 'image';
  // A pattern with a wildcard in the repository is a rule about names; one without names a published image.
  if (matchesAny(image, row.namePatterns)) return isToolName(image, row) ? 'tool-name' : 'image-name';
  return matches(row.hintImagePatterns) ? 'image-hint' : undefined;
}

/** What an image says against a row, of which its name says `named`. */
export function counterSignal(
  image: ImageReference | undefined,
  row: CatalogueRow,
  named: ImageSignal | undefined,
): ImageSignal | undefined {
  if (!image) return undefined;
  const isExcluded = matchesAny(image, row.notImagePatterns);
  if (named !== undefined) return isExcluded ? 'not-image' : undefined;
  // An official image of Docker Hub that is not the row's is somebody else's product by definition; so is one named after
  // a tool. Without the product's word the latter only speaks against it: a private `logfile-operator:search` may well be
  // the server.
  return isExcluded || image.path.at(-2) === 'library' || isToolName(image, row) ? 'other-image' : undefined;
}

function isToolName(image: ImageReference, { toolName }: CatalogueRow): boolean {
  return toolName?.test(last(image.path)) ?? false;
}
