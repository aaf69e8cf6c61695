import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, moduleOf, type Program, toolsFolder } from './programs.ts';

const PREFIX = 'unfinished-';

/** A folder for what is not complete yet. */
export interface Staging {
  /** A new folder in it. */
  folder(name: string): string;
  /** Moves a complete program to its place in the cache, in one step, and says where that is. */
  keep(program: Program, file: string, kubernetes?: string): string;
}

/** Lends a staging folder in the cache, on its disk, and removes it afterwards: nothing half-made stays there. */
export async function withStaging<T>(work: (staging: Staging) => Promise<T>): Promise<T> {
  removeOrphans();
  const root = join(toolsFolder(), `${PREFIX}${process.pid}`);
  const staging: Staging = {
    folder(name) {
      const path = join(root, name);
      mkdirSync(path, { recursive: true });
      return path;
    },
    keep(program, file, kubernetes) {
      const target = join(cacheFolder(moduleOf(program, kubernetes)), program);
      mkdirSync(join(target, '..'), { recursive: true });
      renameSync(file, target);
      return target;
    },
  };
  try {
    return await work(staging);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Removes what a process left that was killed outright. */
function removeOrphans(): void {
  mkdirSync(toolsFolder(), { recursive: true });
  const left = readdirSync(toolsFolder()).filter((name) => name.startsWith(PREFIX));
  for (const name of left.filter((leaf) => !isAlive(Number(leaf.slice(PREFIX.length))))) {
    rmSync(join(toolsFolder(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
