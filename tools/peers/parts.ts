import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Part } from '../compatibility/record.ts';
import { outputOf, run } from '../process/run.ts';
import { type Binaries, findBinaries, type MissingBinaries } from '../programs/binaries.ts';
import { obtainBinaries } from '../programs/obtain.ts';
import { cacheFolder, moduleOf, type Program } from '../programs/programs.ts';

/** What a run needs of the machine. */
export interface Wanted {
  readonly parts: readonly Part[];
  /** A minor version such as 1.30. Default: the newest. */
  readonly kubernetes: string | undefined;
}

/** What a run uses. */
export interface Provisions {
  readonly binaries: Binaries<(typeof BASE)[number]> & Partial<Binaries>;
  /** The folder with the CustomResourceDefinitions of each part. */
  readonly definitions: Readonly<Partial<Record<Part, string>>>;
}

/** Something is not on this machine; the message says which command gets it. */
export class MissingPart extends Error {}

const BASE = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'helm',
  'promtool',
] as const;
/** Where each part's module keeps its CustomResourceDefinitions. */
const DEFINITIONS: Readonly<Record<Part, { readonly module: string; readonly path: string }>> = {
  'cert-manager': { module: 'github.com/cert-manager/cert-manager', path: 'deploy/crds' },
  eck: { module: 'github.com/elastic/cloud-on-k8s/v3', path: 'config/crds/v1/all-crds.yaml' },
};

/** Finds what a run needs, and builds nothing; throws MissingPart. */
export function findProvisions({ parts, kubernetes }: Wanted): Provisions {
  const command = ['npm run peers -- --build', ...flagsOf({ parts, kubernetes })].join(' ');
  const definitions = Object.fromEntries(parts.map((part) => [part, definitionsOf(part)]));
  try {
    const binaries = findBinaries([...BASE, ...parts], { kubernetes });
    const lacking = parts.filter((part) => !existsSync(definitionsOf(part)));
    if (lacking.length === 0) return { binaries, definitions };
    throw new MissingPart(
      `Missing: the definitions of ${lacking.join(', ')}. \`${command}\` gets what is missing, once.`,
    );
  } catch (error) {
    if (error instanceof MissingPart) throw error;
    throw new MissingPart((error as MissingBinaries).message.replace(/`npm run control-plane[^`]*`/, `\`${command}\``));
  }
}

/** Gets what is missing: from the publishers where they have it, else built with Go. Takes minutes, once. */
export async function obtainProvisions(
  { parts, kubernetes }: Wanted,
  options: { say: (line: string) => void; signal: AbortSignal },
): Promise<void> {
  await obtainBinaries([...BASE, ...parts] as Program[], { ...options, kubernetes });
  for (const part of parts) await copyDefinitions(part);
}

function flagsOf({ parts, kubernetes }: Wanted): string[] {
  return [...(kubernetes ? ['--kubernetes', kubernetes] : []), ...(parts.includes('eck') ? ['--eck'] : [])];
}

function definitionsOf(part: Part): string {
  return join(cacheFolder(moduleOf(part)), 'definitions');
}

/** They lie in the module's folder in Go's cache, which others may empty. */
async function copyDefinitions(part: Part): Promise<void> {
  const target = definitionsOf(part);
  if (existsSync(target)) return;
  const { module, path } = DEFINITIONS[part];
  const where = `cd '${moduleOf(part).folder}' && go list -mod=readonly -m -f '{{.Dir}}' ${module}`;
  const source = outputOf(await run('/bin/sh', ['-c', where])).trim();
  const unfinished = `${target}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const from = join(source, path);
  cpSync(from, path.endsWith('.yaml') ? join(unfinished, basename(path)) : unfinished, { recursive: true });
  renameSync(unfinished, target);
}
