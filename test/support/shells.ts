import { spawnSync } from 'node:child_process';

/** The shells that a script of ours may meet, each with the command line that starts it. */
export const SHELLS: readonly (readonly [name: string, command: readonly [string, ...string[]]])[] = [
  ['dash', ['dash']],
  ['bash', ['bash', '--norc']],
  ['bash as sh', ['bash', '--norc', '--posix']],
  ['busybox sh', ['busybox', 'sh']],
];

/** Whether a shell is installed; when not, says that `what` was not run under it, and in CI throws. */
export function hasShell(name: string, [program]: readonly [string, ...string[]], what: string): boolean {
  if (spawnSync('sh', ['-c', `command -v ${program}`]).status === 0) return true;
  if (process.env.CI === 'true') throw new Error(`${name} is not installed (apt-get install busybox dash bash)`);
  console.warn(`SKIPPED: ${name} is not installed, so ${what} was not run under it`);
  return false;
}
