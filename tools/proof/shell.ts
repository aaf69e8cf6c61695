import { fileURLToPath } from 'node:url';
import { type Result, run } from '../process/run.ts';
import type { Command } from './transcript.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command in the repository's folder, as a reader would, and gives back what it printed. */
export type Shell = (command: string, options?: { readonly expectedCode?: number }) => Promise<string>;

/** A shell with this environment; each command that went as expected is handed to `note`. */
export function shellIn(env: NodeJS.ProcessEnv, note: (command: Command) => void): Shell {
  return async (command, { expectedCode = 0 } = {}) => {
    const result = await run('/bin/sh', ['-c', `cd '${ROOT}' && ${command}`], { env });
    const output = printed(result);
    if (result.code !== expectedCode) throw new Error(`$ ${command}\n${output}\nexit code ${result.code}`);
    note({ command, output });
    return output;
  };
}

function printed({ stdout, stderr }: Result): string {
  return [stdout, stderr]
    .map((text) => text.trimEnd())
    .filter((text) => text !== '')
    .join('\n');
}
