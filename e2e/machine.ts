import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { plain } from '../src/input/plain.ts';
import { apart } from '../tools/process/namespaces.ts';
import { CNI_PLUGINS } from './node/containerd.ts';
import { whyNoCgroups } from './sandbox/cgroups.ts';
import { MAX_MAP_COUNT } from './sandbox/kernel-settings.ts';

/** Programs that a run takes from the machine, with the Debian packages that have them. */
const PACKAGES: Readonly<Record<string, string>> = {
  buildah: 'buildah',
  containerd: 'containerd',
  ip: 'iproute2',
  mmdebstrap: 'mmdebstrap',
  mvn: 'maven',
  pkill: 'procps',
  runc: 'runc',
  unshare: 'util-linux',
};
const CNI_PACKAGE = 'containernetworking-plugins';

/** Why a real node cannot run here; undefined when it can. One line, for logs. */
export function whyNotHere(): string | undefined {
  if (process.platform !== 'linux') return `it needs Linux, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'it needs root, for namespaces, mounts and the kernel setting';
  const packages = missingPackages();
  if (packages.length > 0) {
    return `Debian packages are missing: apt-get install --no-install-recommends ${packages.join(' ')}`;
  }
  if (/^\/(?:var|run)(?:\/|$)/.test(tmpdir())) {
    return `TMPDIR is ${tmpdir()}, but /var and /run are replaced during the run: set it to a folder elsewhere`;
  }
  return whyNoSandbox() ?? whyNoCgroups() ?? whyNoWrite();
}

/** The Debian packages that a run needs and whose programs are not there; `.ci/run` installs them. */
export function missingPackages(): string[] {
  const programs = Object.keys(PACKAGES).filter((program) => !isOnPath(program));
  const packages = programs.flatMap((program) => PACKAGES[program] ?? []);
  return isExecutable(join(CNI_PLUGINS, 'bridge')) ? packages : [...packages, CNI_PACKAGE];
}

/** Containers without privilege have root, but no right to do this. */
function whyNoSandbox(): string | undefined {
  const attempt = 'ip link add test0 type bridge && mount -t tmpfs tmpfs /mnt';
  const [command, args] = apart(['/bin/sh', '-c', attempt], { network: true });
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return undefined;
  return `namespaces with a bridge and mounts of their own cannot be made: ${stderr.trim().replaceAll('\n', '; ')}`;
}

function whyNoWrite(): string | undefined {
  const file = `/proc/sys/${MAX_MAP_COUNT}`;
  try {
    writeFileSync(file, readFileSync(file));
    return undefined;
  } catch (error) {
    return `${file} cannot be written: ${plain(error)}`;
  }
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => isExecutable(join(directory, program)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
