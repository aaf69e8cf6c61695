import { readFile } from 'node:fs/promises';
import { apart } from '../../tools/process/namespaces.ts';
import type { Supervisor } from '../../tools/process/supervisor.ts';

/** Runs a program to its end; throws its last words when it fails. */
export type Run = (command: string, args: readonly string[]) => Promise<void>;

const LAST_LINES = 20;

/** Runs programs that leave neither mounts nor processes behind, and that end with the supervisor. */
export function runnerOf(supervisor: Supervisor): Run {
  return async (command, args) => {
    const [program, all] = apart([command, ...args], { network: false });
    const { exit, log } = await supervisor.start(command, program, all);
    const code = await exit;
    if (code === 0) return;
    const said = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-LAST_LINES).join('\n');
    throw new Error(`${command} ${args.join(' ')} failed (${code}):\n${said}`);
  };
}
