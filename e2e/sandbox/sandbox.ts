import { fileURLToPath } from 'node:url';
import { apart } from '../../tools/process/namespaces.ts';
import type { Supervisor } from '../../tools/process/supervisor.ts';
import { makeCgroup } from './cgroups.ts';
import { readSettings } from './kernel-settings.ts';
import type { Before } from './put-back.ts';

/** The cgroup of all pods. One name for all runs: two at a time would fight over the kernel's one value. */
export const CGROUP = 'max-map-count-e2e';

const FIRST_PROCESS = fileURLToPath(new URL('first-process.sh', import.meta.url));
const PUT_BACK = fileURLToPath(new URL('put-back.ts', import.meta.url));

/**
 * Runs a program as on a machine of its own: with mounts, processes, a network and a cgroup that nobody else has, and the
 * supervisor's directory for its files. Its output is shown. When it ends, or this process does in whatever way, all that
 * it started is ended and all that it changed is put back.
 */
export async function runInSandbox(
  supervisor: Supervisor,
  program: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number | string> {
  const { directory } = supervisor;
  claimCgroup();
  const before: Before = { cgroup: CGROUP, settings: readSettings() };
  supervisor.runLast(process.execPath, [PUT_BACK, JSON.stringify(before)]);
  const [command, args] = apart(['/bin/sh', FIRST_PROCESS, directory, ...program], { network: true });
  return supervisor.show('sandbox', command, args, { ...env, TMPDIR: directory });
}

function claimCgroup(): void {
  try {
    makeCgroup(CGROUP);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    throw new Error(`the cgroup ${CGROUP} is there: another run is going on, or could not clean up`, { cause });
  }
}
