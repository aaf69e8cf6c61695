import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Metafile } from 'esbuild';
import type { ImageRequest } from './image.ts';

/** The project's name, which its image, chart and npm package share. */
export const NAME = 'max-map-count-webhook';

/** The image's name in its registry. */
export const IMAGE = `ghcr.io/${NAME}/${NAME}`;

/** Images of this machine in the place of base images, where no registry can be asked. */
export interface StandIns {
  /** Where buildah keeps them. */
  readonly root: string;
  /** For each architecture, the local image for each name in the Dockerfile. */
  readonly images: Readonly<Record<ImageRequest['arch'], Readonly<Record<string, string>>>>;
}

/** What a release folder is made of, and who hears what goes on. */
export interface ReleaseOptions {
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Local images in the place of the Dockerfile's base images; without them the real ones are pulled. */
  readonly standIns?: StandIns | undefined;
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
