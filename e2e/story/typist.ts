import { type Result, run } from '../../tools/process/run.ts';
import { ROOT } from '../root.ts';
import type { Exchange } from './transcript.ts';

/** Types a command into a shell in the repository's folder, as a reader would, and gives back what it printed. */
export type Type = (command: string, options?: { readonly expectedCode?: number }) => Promise<string>;

/** A shell with this environment; each exchange that went as expected is handed to `note`. */
export function typistFor(env: NodeJS.ProcessEnv, note: (exchange: Exchange) => void): Type {
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
