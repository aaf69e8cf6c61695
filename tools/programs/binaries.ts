import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { envtestFolders } from './envtest.ts';
import { cacheFolder, isOfKubernetes, moduleOf, type Program } from './programs.ts';

/** The path of every program that was asked for. */
export type Binaries<P extends Program = Program> = Readonly<Record<P, string>>;

/** Some programs are not on this machine; the message says which command gets them. */
export class MissingBinaries extends Error {}

/** Which programs are meant. */
export interface FindOptions {
  /** A minor version such as 1.30. Default: what KUBEBUILDER_ASSETS holds, else the newest one. */
  readonly kubernetes?: string | undefined;
}

/** Finds programs; throws when one is missing. Nothing is downloaded or built: that is `npm run control-plane`. */
export function findBinaries<P extends Program>(wanted: readonly P[], options: FindOptions = {}): Binaries<P> {
  const found = findSome(wanted, options);
  const missing = missingOf(wanted, found);
  if (missing.length > 0) throw new MissingBinaries(explain(missing, options));
  return found as Binaries<P>;
}

/**
 * Finds those programs that are there: in KUBEBUILDER_ASSETS, in the user's cache, and where setup-envtest keeps its own.
 * Those with the version of Kubernetes come from one folder, since a controller manager must fit its API server.
 */
export function findSome<P extends Program>(wanted: readonly P[], options: FindOptions = {}): Partial<Binaries<P>> {
  const release = foldersOf('kube-apiserver', options).find((folder) => isExecutable(join(folder, 'kube-apiserver')));
  const find = (program: P) => {
    const folders = isOfKubernetes(program) && release !== undefined ? [release] : foldersOf(program, options);
    return folders.map((folder) => join(folder, program)).find(isExecutable);
  };
  const found = wanted.map((program) => [program, find(program)] as const);
  return Object.fromEntries(found.filter(([, path]) => path !== undefined)) as Partial<Binaries<P>>;
}

/** Those programs that are not among the found ones. */
export function missingOf<P extends Program>(wanted: readonly P[], found: Partial<Binaries<P>>): P[] {
  return wanted.filter((program) => found[program] === undefined);
}

function foldersOf(program: Program, { kubernetes }: FindOptions): string[] {
  const own = cacheFolder(moduleOf(program, kubernetes));
  if (kubernetes !== undefined) return [own];
  const { KUBEBUILDER_ASSETS } = process.env;
  return [...(KUBEBUILDER_ASSETS ? [KUBEBUILDER_ASSETS] : []), own, ...envtestFolders()];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function explain(missing: readonly Program[], { kubernetes }: FindOptions): string {
  const command = `npm run control-plane${kubernetes === undefined ? '' : ` -- --kubernetes ${kubernetes}`}`;
  const { KUBEBUILDER_ASSETS } = process.env;
  const assets = KUBEBUILDER_ASSETS && !kubernetes ? ` KUBEBUILDER_ASSETS is ${KUBEBUILDER_ASSETS}.` : '';
  return `Missing: ${missing.join(', ')}. \`${command}\` gets what is missing, once.${assets}`;
}
