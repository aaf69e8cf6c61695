import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { plain } from '../../src/input/plain.ts';

/** What a kubelet asks of cgroup v2 (pkg/kubelet/cm/cgroup_manager_linux.go), where the kernel has it. */
const CONTROLLERS = ['cpu', 'cpuset', 'memory', 'hugetlb', 'pids'];

/**
 * Makes a cgroup of this name in every hierarchy that is mounted: one with cgroup v2, one per controller with v1. Throws
 * EEXIST, with nothing made, when it is there.
 */
export function makeCgroup(name: string): void {
  for (const directory of cgroupDirectories(name)) mkdirSync(directory);
}

/** Removes all cgroups below this one; throws EBUSY while a process is in one of them. */
export function emptyCgroup(name: string): void {
  for (const directory of cgroupDirectories(name)) removeBelow(directory);
}

/** Removes a cgroup that has none below it. */
export function removeCgroup(name: string): void {
  for (const directory of cgroupDirectories(name)) rmdirSync(directory);
}

// Not rm: the files of a cgroup cannot be removed, and go with it.
function removeBelow(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    removeBelow(join(directory, entry.name));
    rmdirSync(join(directory, entry.name));
  }
}

/** Why this machine does not let us make cgroups that a kubelet can use; undefined when it does. */
export function whyNoCgroups(): string | undefined {
  const roots = hierarchies();
  if (roots.length === 0) return 'no cgroups are mounted';
  for (const root of roots) {
    try {
      accessSync(root, constants.W_OK);
    } catch (error) {
      return `cgroups cannot be made: ${plain(error)}`;
    }
    // Beside hierarchies of v1, a kubelet does not use the one of v2.
    const held = roots.length === 1 ? heldBack(root) : [];
    if (held.length > 0) {
      return `cgroup controllers are held back: echo "${held.map((name) => `+${name}`).join(' ')}" > ${root}/cgroup.subtree_control`;
    }
  }
  return undefined;
}

/** The controllers that a kubelet asks for and that a cgroup v2 hierarchy has, but not for the cgroups in it. */
function heldBack(root: string): string[] {
  const list = (file: string) => {
    const path = join(root, file);
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ') : [];
  };
  const enabled = list('cgroup.subtree_control');
  return list('cgroup.controllers').filter((name) => CONTROLLERS.includes(name) && !enabled.includes(name));
}

function cgroupDirectories(name: string): string[] {
  return hierarchies().map((root) => join(root, name));
}

function hierarchies(): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts.flatMap((line) => {
    const [, directory = '', type = ''] = line.split(' ');
    return type === 'cgroup' || type === 'cgroup2' ? [directory] : [];
  });
}
