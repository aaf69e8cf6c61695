import type { Catalogue } from './catalogue.ts';
import { type ImageReference, matchesAny } from './image.ts';
import { compareVersions, versionInTag } from './version.ts';

/**
 * True unless the image is known to run as another user than root. Where nobody states a user, the image decides; of an
 * image that became such with some version, an unknown version counts as a newer one.
 */
export function isRootImage(image: ImageReference | undefined, { notRoot }: Pick<Catalogue, 'notRoot'>): boolean {
  if (!image) return true;
  return !notRoot.some(({ images, from }) => {
    if (!matchesAny(image, images)) return false;
    const version = image.tag === undefined ? undefined : versionInTag(image.tag);
    return from === undefined || version === undefined || compareVersions(version, from) >= 0;
  });
}
