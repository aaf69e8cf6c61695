import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/server/limits.ts';

const LINES = 20_000;

test('lines that nobody reads are dropped beyond the limit, and counted', async () => {
  const script = `
    import { createLog } from './src/server/log.ts';
    const log = createLog('info');
    for (let line = 0; line < ${LINES}; line += 1) log.info({ line }, 'x'.repeat(100));`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const lines = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { line?: number; dropped?: number });
  const kept = lines.flatMap(({ line = [] }) => line);
  expect([code, kept]).toEqual([0, kept.map((_, index) => index)]);
  expect(lines.at(-1)).toMatchObject({ level: 'warn', dropped: LINES - kept.length });
  expect(Buffer.byteLength(output)).toBeGreaterThan(0.9 * DEFAULT_LIMITS.logBytes);
  expect(Buffer.byteLength(output)).toBeLessThan(1.1 * DEFAULT_LIMITS.logBytes);
}, 30_000);
