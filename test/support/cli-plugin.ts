// The built plugin as a user has it: on PATH, found by kubectl by its name.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kubectl } from '../../tools/control-plane/kubectl.ts';
import type { Result } from '../../tools/process/run.ts';

/** The bundle under test. */
export const SCRIPT = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** A directory for PATH with the plugin in it. */
export interface Plugin {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

/** Installs the plugin in a directory of its own. */
export function installPlugin(): Plugin {
  const directory = mkdtempSync(join(tmpdir(), 'kubectl-plugin-'));
  const program = join(directory, 'kubectl-max_map_count');
  // As npm installs it, but on the node that runs the tests.
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${SCRIPT}' "$@"\n`);
  chmodSync(program, 0o755);
  const env = { PATH: `${directory}${delimiter}${process.env.PATH}` };
  return { directory, env, remove: () => rmSync(directory, { recursive: true }) };
}

/** Calls `kubectl max-map-count`. */
export function pluginCaller(kubectl: Kubectl, { env }: Plugin) {
  return (args: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Result> =>
    kubectl(['max-map-count', ...args], { ...options, env: { ...env, ...options.env } });
}
