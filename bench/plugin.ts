import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './statistics.ts';

/** How long a command takes on the clock, from its start to its end. */
export interface PluginFigures {
  readonly command: string;
  /** Milliseconds. */
  readonly median: number;
  readonly slowest: number;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PLUGIN = 'dist/cli.js';
// The first is what all the others contain.
const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ['node -e 0', ['-e', '0']],
  ['version', [PLUGIN, 'version']],
  ['--help', [PLUGIN, '--help']],
  ['preview -f examples/elk.yaml', [PLUGIN, 'preview', '-f', 'examples/elk.yaml']],
  ['explain -f examples/elk.yaml', [PLUGIN, 'explain', '-f', 'examples/elk.yaml']],
];

/** Runs each command of the plugin several times, in turns, so that all meet the same moods of the machine. */
export function measurePlugin({ runs }: { readonly runs: number }, say: (line: string) => void): PluginFigures[] {
  say('the plugin, from start to end');
  const times = new Map<string, number[]>(COMMANDS.map(([command]) => [command, []]));
  // One more, which fills the caches of the disk and does not count.
  for (let turn = 0; turn <= runs; turn += 1) {
    for (const [command, args] of COMMANDS) {
      const milliseconds = timeOf(args);
      if (turn > 0) times.get(command)?.push(milliseconds);
    }
  }
  return [...times].map(([command, all]) => ({ command, median: median(all), slowest: Math.max(...all) }));
}

function timeOf(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}
