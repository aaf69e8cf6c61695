import { createHash } from 'node:crypto';
import { access, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { outputOf, run } from '../process/run.ts';
import { projectCache } from '../programs/cache.ts';
import { ROOT } from './versions.ts';

const SOURCES = `${ROOT}tools/release/programs`;

/** Where the programs that only a release needs are kept: in the user's cache, by their lockfile. */
export async function programsFolder(): Promise<string> {
  const lock = createHash('sha256')
    .update(await readFile(`${SOURCES}/package-lock.json`))
    .digest('hex');
  return join(projectCache(), 'release', `programs-${lock.slice(0, 12)}`);
}

/** The same, installed from their lockfile where they are not yet. */
export async function programs(): Promise<string> {
  const folder = await programsFolder();
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;
  const half = `${folder}.${process.pid}`;
  await mkdir(half, { recursive: true });
  await cp(SOURCES, half, { recursive: true });
  outputOf(await run('npm', ['ci', '--prefix', half, '--no-audit', '--no-fund', '--silent']));
  await rename(half, folder).catch(() => rm(half, { recursive: true }));
  return folder;
}

/** Throws what CycloneDX's own schema has against SBOMs. */
export async function validateSboms(files: readonly string[]): Promise<void> {
  outputOf(await run(process.execPath, [join(await programs(), 'validate-sbom.js'), ...files]));
}
