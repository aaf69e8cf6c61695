import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Metafile } from 'esbuild';
import type { ImageRequest } from './image.ts';

/** The project's name, which its image, chart and npm package share. */
export const NAME = 'max-map-count-webhook';

/** The image's name in its registry. */
export const IMAGE = `ghcr.io/${NAME}/${NAME}`;

/** What a release folder is made of, and who hears what goes on. */
export interface ReleaseOptions {
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Local images in the place of the Dockerfile's base images; without them the real ones are pulled. */
  readonly bases?: Pick<ImageRequest, 'bases' | 'storage'> | undefined;
  /** Leaves the images out, and says so. */
  readonly withoutImages?: boolean;
}

/** A release that is being made. */
export interface Release extends ReleaseOptions {
  readonly version: string;
  readonly revision: string;
  /** The commit's time, which is that of every file in every archive. */
  readonly epoch: number;
  readonly scratch: string;
  /** What esbuild put into each bundle. */
  readonly outputs: Metafile['outputs'];
}

/** The checksum of a file. */
export async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
