import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { withProgress } from '../process/progress.ts';
import { buildProgram, hasGo } from './build-program.ts';
import { cacheFolder, PROGRAMS, type Program } from './programs.ts';
import { versionOf } from './versions.ts';

/** The path of every program that was asked for. */
export type Binaries<P extends Program = Program> = Readonly<Record<P, string>>;

/** Nobody can supply these programs; the message says what to install or set. */
export class MissingBinaries extends Error {}

/**
 * Finds programs in KUBEBUILDER_ASSETS, then in the user's cache, and builds the rest with Go into that cache.
 * Building takes minutes, so `say` hears about it every few seconds.
 */
export async function findBinaries<P extends Program>(
  wanted: readonly P[],
  say: (line: string) => void,
): Promise<Binaries<P>> {
  const found: Partial<Record<P, string>> = {};
  for (const program of wanted) found[program] = await existing(program);
  const missing = wanted.filter((program) => found[program] === undefined);
  if (missing.length > 0 && !(await hasGo())) throw new MissingBinaries(explain(missing));
  for (const [index, program] of missing.entries()) {
    const target = await cachedPath(program);
    const what = `building ${program} (${index + 1} of ${missing.length})`;
    await withProgress(what, say, () => buildProgram(program, target));
    found[program] = target;
  }
  return found as Binaries<P>;
}

async function existing(program: Program): Promise<string | undefined> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  const candidates = [...(assets ? [join(assets, program)] : []), await cachedPath(program)];
  for (const path of candidates) if (await isExecutable(path)) return path;
  return undefined;
}

async function cachedPath(program: Program): Promise<string> {
  const { module } = PROGRAMS[program];
  return join(cacheFolder(module, await versionOf(module)), program);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function explain(missing: readonly Program[]): string {
  return [
    `These programs of a real control plane are missing: ${missing.join(', ')}.`,
    'Either install Go 1.26 or newer (https://go.dev/dl): they are then built once, in about ten minutes, and kept.',
    'Or set KUBEBUILDER_ASSETS to a folder that holds them: `setup-envtest use -p path` prints one with etcd,',
    'kube-apiserver and kubectl; put the others beside them.',
  ].join('\n');
}
