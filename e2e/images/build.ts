import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withProgress } from '../../tools/process/progress.ts';
import type { Supervisor } from '../../tools/process/supervisor.ts';
import type { StandIns } from '../../tools/release/release.ts';
import { ROOT } from '../root.ts';
import { openStore, type Store } from './buildah.ts';
import { BASE_IMAGES, foreignBaseImages, type LocalImage, OWN_BASE_IMAGES, POD_IMAGES } from './images.ts';
import { lay } from './materials.ts';
import { type Run, runnerOf } from './run.ts';

/** An image in a file, ready for a node. */
export interface Archive {
  /** The name that it is to go by. */
  readonly name: string;
  /** The name that it has in the file. */
  readonly tag: string;
  readonly file: string;
}

const OWN_TAG = 'localhost/max-map-count-webhook:e2e';

/** Who hears what goes on. */
export type Say = (line: string) => void;

/**
 * Makes the image of this repository from its Dockerfile, under the name given, and all that pods run beside it. What
 * cannot change is kept in the user's cache. Needs the network; leaves archives in the supervisor's directory.
 */
export async function buildImages(supervisor: Supervisor, ownName: string, say: Say): Promise<Archive[]> {
  const workshop = await openWorkshop(supervisor, say);
  const { store, directory } = workshop;
  const bases = await ensureAll(BASE_IMAGES, workshop);
  const archives: Archive[] = [];
  const save = async (tag: string, name: string) => {
    const file = join(directory, `${archives.length}.tar`);
    await store.save(tag, file);
    archives.push({ name, tag, file });
  };
  for (const image of POD_IMAGES) await save(await ensure(image, bases, workshop), image.name);
  say(`building ${ownName} from the Dockerfile of this repository`);
  await store.build(ROOT, OWN_TAG, bases);
  await save(OWN_TAG, ownName);
  await store.remove(OWN_TAG);
  return archives;
}

/** Makes the base images of this repository's Dockerfile alone, for a release on a machine that reaches no registry. */
export async function buildBaseImages(supervisor: Supervisor, say: Say): Promise<StandIns> {
  const workshop = await openWorkshop(supervisor, say);
  const other = process.arch === 'x64' ? 'arm64' : 'amd64';
  const own = Object.fromEntries(await ensureAll(OWN_BASE_IMAGES, workshop));
  const foreign = Object.fromEntries(await ensureAll(foreignBaseImages(other), workshop));
  const images = other === 'arm64' ? { amd64: own, arm64: foreign } : { amd64: foreign, arm64: own };
  return { root: workshop.store.root, images };
}

async function openWorkshop(supervisor: Supervisor, say: Say): Promise<Workshop> {
  const directory = join(supervisor.directory, 'images');
  await mkdir(directory);
  const run = runnerOf(supervisor);
  return { store: await openStore(run, directory), run, directory, say };
}

/** Makes images that stand on each other, and says the tag of each by its name. */
async function ensureAll(images: readonly LocalImage[], workshop: Workshop): Promise<Map<string, string>> {
  const bases = new Map<string, string>();
  for (const image of images) bases.set(image.name, await ensure(image, bases, workshop));
  return bases;
}

interface Workshop {
  readonly store: Store;
  readonly run: Run;
  readonly directory: string;
  readonly say: Say;
}

/** Builds an image unless the same was built before, and says the tag that it has in the store. */
async function ensure(image: LocalImage, bases: ReadonlyMap<string, string>, workshop: Workshop): Promise<string> {
  const { store, run, directory, say } = workshop;
  const dockerfile = fileURLToPath(new URL(`${image.folder}/Dockerfile`, import.meta.url));
  const recipe = JSON.stringify([
    await readFile(dockerfile, 'utf8'),
    image.materials,
    [...bases],
    process.version,
    image.platform,
  ]);
  const tag = `localhost/${image.folder}:${createHash('sha256').update(recipe).digest('hex').slice(0, 12)}`;
  if (await store.has(tag)) return tag;
  await withProgress({ what: `building ${image.name}`, say }, async () => {
    const context = await mkdtemp(join(directory, `${image.folder}-`));
    await copyFile(dockerfile, join(context, 'Dockerfile'));
    for (const material of image.materials) await lay(material, context, run);
    await store.build(context, tag, bases, image.platform);
    await rm(context, { recursive: true });
  });
  return tag;
}
