import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectCache } from '../../tools/programs/cache.ts';
import type { Run } from './run.ts';

/** The images that buildah keeps for us, apart from those that the user has in it. */
export interface Store {
  /** Where they lie. */
  readonly root: string;
  has(tag: string): Promise<boolean>;
  /** Builds a context's Dockerfile. A FROM whose name is in `bases` gets the image with that tag in its place. */
  build(context: string, tag: string, bases: ReadonlyMap<string, string>, platform?: string): Promise<void>;
  /** Writes an OCI archive in which the image goes by its tag. */
  save(tag: string, archive: string): Promise<void>;
  remove(tag: string): Promise<void>;
}

/** Opens the store in the user's cache; `directory` is for what need not be kept. */
export async function openStore(run: Run, directory: string): Promise<Store> {
  const kept = join(projectCache(), 'e2e', 'images');
  await mkdir(kept, { recursive: true });
  const storage = ['--root', kept, '--runroot', join(directory, 'buildah'), '--storage-driver', 'overlay'];
  const buildah = (...args: string[]) => run('buildah', [...storage, ...args]);
  return {
    root: kept,
    has: (tag) =>
      buildah('inspect', '--type', 'image', tag).then(
        () => true,
        () => false,
      ),
    build(context, tag, bases, platform) {
      const contexts = [...bases].map(([name, base]) => `--build-context=${name}=docker-image://${base}`);
      // chroot, because a build container of its own would need more rights than a container often has.
      const foreign = platform === undefined ? [] : ['--platform', platform];
      return buildah('build', '--isolation', 'chroot', ...foreign, ...contexts, '--tag', tag, context);
    },
    save: (tag, archive) => buildah('push', '--quiet', tag, `oci-archive:${archive}:${tag}`),
    remove: (tag) => buildah('rmi', tag),
  };
}
