import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { get } from '../../src/core/json.ts';
import { buildBundles } from '../build.ts';
import { installObjects } from '../generate/install-manifest.ts';
import { outputOf, run } from '../process/run.ts';
import { findBinaries } from '../programs/binaries.ts';
import { repack } from './archive.ts';
import { buildImage, whyNoImage } from './image.ts';
import { releaseNotes } from './notes.ts';
import { writePlugin } from './plugin.ts';
import { NAME, type Release, type ReleaseOptions, sha256 } from './release.ts';
import { writeSboms } from './sboms.ts';
import { agreedVersion, ROOT } from './versions.ts';

/** Makes the whole folder from a clean tree; gives what is not as it is published, one sentence each. */
export async function makeReleaseFolder(options: ReleaseOptions): Promise<Shortfall[]> {
  const version = agreedVersion();
  const { revision, epoch } = await commit();
  const scratch = await mkdtemp(join(tmpdir(), 'release-'));
  try {
    await rm(options.folder, { recursive: true, force: true });
    await mkdir(options.folder, { recursive: true });
    options.say(`${NAME} ${version}, commit ${revision.slice(0, 12)}`);
    const release: Release = { ...options, version, revision, epoch, scratch, outputs: await buildBundles() };
    await writePackages(release);
    await writeManifests(release);
    await writePlugin(release);
    const missing = await writeImages(release);
    await writeSboms(release);
    await writeNotes(release, missing);
    await writeChecksums(release);
    return missing;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Something in which the folder differs from what is published. */
export interface Shortfall {
  readonly sentence: string;
  /** Whoever made the folder wanted it so. */
  readonly isWanted: boolean;
}

async function commit(): Promise<{ revision: string; epoch: number }> {
  const git = async (...args: string[]) => outputOf(await run('git', ['-C', ROOT, ...args])).trim();
  const changed = await git('status', '--porcelain');
  if (changed !== '')
    throw new Error(`the tree is not clean, so nobody could make the same again: ${changed.split('\n')[0]}`);
  const [revision = '', time = ''] = (await git('log', '-1', '--format=%H %ct')).split(' ');
  return { revision, epoch: Number(time) };
}

/** The npm package, and the chart. */
async function writePackages({ folder, version, scratch, epoch, say }: Release): Promise<void> {
  outputOf(await run('npm', ['pack', ROOT, '--pack-destination', scratch, '--ignore-scripts', '--silent']));
  await copyFile(join(scratch, `${NAME}-${version}.tgz`), join(folder, `${NAME}-${version}-npm.tgz`));
  const { helm } = findBinaries(['helm']);
  outputOf(await run(helm, ['package', join(ROOT, 'charts', NAME), '--destination', folder]));
  const unpacked = await mkdtemp(join(scratch, 'chart-'));
  await repack(join(folder, `${NAME}-${version}.tgz`), unpacked, epoch);
  say('npm package and chart');
}

/** What people without helm apply, for every engine that the chart has. */
async function writeManifests({ folder, version }: Release): Promise<void> {
  await copyFile(join(ROOT, 'deploy/install.yaml'), join(folder, `install-${version}.yaml`));
  const values: unknown = parse(await readFile(join(ROOT, 'charts', NAME, 'values.yaml'), 'utf8'));
  if (get(values, 'engine') === undefined) return;
  const { helm } = findBinaries(['helm']);
  const objects = await installObjects(helm, ['engine=admissionPolicy']);
  await writeFile(join(folder, `install-admission-policy-${version}.yaml`), objects.join('---\n'));
}

async function writeImages({
  folder,
  version,
  revision,
  epoch,
  standIns,
  withoutImages,
  say,
}: Release): Promise<Shortfall[]> {
  if (withoutImages) return [{ sentence: 'no images: --without-images', isWanted: true }];
  const reason = await whyNoImage();
  if (reason !== undefined) return [{ sentence: `no images: ${reason}`, isWanted: false }];
  const local = 'the images stand on local base images (--stand-ins), not on those of the Dockerfile';
  const missing: Shortfall[] = standIns ? [{ sentence: local, isWanted: true }] : [];
  for (const arch of ['amd64', 'arm64'] as const) {
    const target = join(folder, `${NAME}-${version}-linux-${arch}.oci.tar`);
    const bases = new Map(Object.entries(standIns?.images[arch] ?? {}));
    const storage = standIns ? ['--root', standIns.root, '--storage-driver', 'overlay'] : [];
    const request = { arch, version, revision, epoch, bases, storage };
    await buildImage(request, target).then(
      () => say(`image for ${arch}`),
      ({ message }: Error) => missing.push({ sentence: `no image for ${arch}: ${message}`, isWanted: false }),
    );
  }
  return missing;
}

async function writeNotes({ folder, version, revision }: Release, missing: readonly Shortfall[]): Promise<void> {
  const { text, isReleased } = releaseNotes(await readFile(join(ROOT, 'CHANGELOG.md'), 'utf8'), version);
  const remarks = [
    ...(isReleased ? [] : ['Not a release: the changelog has no section about this version.']),
    ...missing.map(({ sentence }) => `Incomplete: ${sentence}`),
  ];
  const verify = `https://github.com/${NAME}/${NAME}/blob/v${version}/docs/verify.md`;
  const head = remarks.map((remark) => `> ${remark}\n`).join('');
  await writeFile(
    join(folder, 'RELEASE-NOTES.md'),
    `${head}${text}\n[How to verify](${verify}). Commit ${revision}.\n`,
  );
  await copyFile(join(ROOT, 'docs/security.txt'), join(folder, 'security.txt'));
  outputOf(await run('env', ['-C', ROOT, process.execPath, 'tools/playground/main.ts']));
  await copyFile(join(ROOT, 'dist/playground.html'), join(folder, 'playground.html'));
}

async function writeChecksums({ folder }: Release): Promise<void> {
  const names = (await readdir(folder)).sort();
  const lines = await Promise.all(names.map(async (name) => `${await sha256(join(folder, name))}  ${name}\n`));
  await writeFile(join(folder, 'SHA256SUMS'), lines.join(''));
}
