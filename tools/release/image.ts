import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf, type Result, run } from '../process/run.ts';
import { pack } from './archive.ts';
import { ROOT } from './versions.ts';

/** What an image is built from and for. */
export interface ImageRequest {
  readonly arch: 'amd64' | 'arm64';
  readonly version: string;
  readonly revision: string;
  readonly epoch: number;
  /** Local images in the place of base images, by their name in the Dockerfile; empty: the real ones. */
  readonly bases: ReadonlyMap<string, string>;
  /** Flags of buildah before its verb, such as where its images lie. */
  readonly storage: readonly string[];
}

/** Builds the Dockerfile for one architecture into an OCI archive. The same base images and sources give the same bytes. */
export async function buildImage(request: ImageRequest, target: string): Promise<void> {
  const { arch, version, revision, epoch, bases, storage } = request;
  const scratch = await mkdtemp(join(tmpdir(), 'image-'));
  const tag = `localhost/max-map-count-webhook-release:${arch}`;
  try {
    const contexts = [...bases].map(([name, base]) => `--build-context=${name}=docker-image://${base}`);
    const labels = ['--build-arg', `VERSION=${version}`, '--build-arg', `REVISION=${revision}`];
    // One time for every file and for the image itself; chroot needs no more rights than a container has.
    const same = ['--isolation', 'chroot', '--timestamp', String(epoch), '--identity-label=false'];
    const args = ['build', '--platform', `linux/${arch}`, ...same, ...labels, ...contexts, '--tag', tag, ROOT];
    await buildah([...storage, ...args]);
    await buildah([...storage, 'push', '--quiet', tag, `oci:${scratch}:${version}`]);
    await buildah([...storage, 'rmi', tag]);
    await pack(scratch, ['blobs', 'index.json', 'oci-layout'], target, { epoch, compress: false });
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Why no image can be built here, or undefined. */
export async function whyNoImage(): Promise<string | undefined> {
  const found = await run('buildah', ['--version']).catch(() => undefined);
  return found?.code === 0 ? undefined : 'buildah is not on this machine (Debian: apt-get install buildah)';
}

async function buildah(args: readonly string[]): Promise<string> {
  const result: Result = await run('buildah', args, { env: { BUILDAH_ISOLATION: 'chroot' } });
  const last = result.stderr.trim().split('\n').slice(-3).join(' ');
  return outputOf({ ...result, stderr: last });
}
