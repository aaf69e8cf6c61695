import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/server/limits.ts';
import { temporaryDirectory } from '../../support/certificates.ts';

const LINES = 20_000;
const script = `
  import { createLog } from './src/server/log.ts';
  const log = createLog('info');
  for (let line = 0; line < ${LINES}; line += 1) log.info({ line }, 'x'.repeat(line % 1000 === 7 ? 5_000 : 100));
  process.stderr.write('all said, ');`;
const PROGRAM = [process.execPath, '--input-type=module-typescript', '--eval', script] as const;

function read(output: string): { line?: number; dropped?: number }[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

// Node.js makes a socket for `stdio: 'pipe'`; a container's runtime and a shell make a pipe.
test.each([
  ['a socket', PROGRAM[0], PROGRAM.slice(1), 'all said, '],
  ['a pipe', 'sh', ['-c', '"$0" "$@" | { sleep 2; echo reading >&2; cat; }', ...PROGRAM], 'all said, reading\n'],
])(
  'lines into %s that nobody reads are dropped beyond the limit, and counted',
  async (_, command, args, said) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    const lines = read(output);
    const kept = lines.flatMap(({ line = [] }) => line);
    expect([code, errors, kept]).toEqual([0, said, kept.map((_, index) => index)]);
    expect(lines.at(-1)).toMatchObject({ level: 'warn', dropped: LINES - kept.length });
    expect(Buffer.byteLength(output)).toBeGreaterThan(0.9 * DEFAULT_LIMITS.logBytes);
    expect(Buffer.byteLength(output)).toBeLessThan(1.1 * DEFAULT_LIMITS.logBytes);
  },
  30_000,
);

test('lines into a file are all kept, in their order', async () => {
  const directory = temporaryDirectory();
  onTestFinished(directory.remove);
  const file = join(directory.path, 'log');
  const descriptor = openSync(file, 'w');
  const child = spawn(PROGRAM[0], PROGRAM.slice(1), { stdio: ['ignore', descriptor, 'ignore'] });
  closeSync(descriptor);
  expect(await once(child, 'close')).toEqual([0, null]);
  const lines = read(readFileSync(file, 'utf8')).map(({ line }) => line);
  expect(lines).toEqual(Array.from({ length: LINES }, (_, index) => index));
}, 30_000);
