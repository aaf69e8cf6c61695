// The built server with the memory that the chart gives it, and everything at once that could stop it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { freePorts } from '../../tools/process/ports.ts';
import { makeCertificate, temporaryDirectory } from '../support/certificates.ts';
import { createMemoryCgroup, type MemoryCgroup } from '../support/memory-cgroup.ts';
import { exchange } from '../support/raw-http.ts';
import { podReview } from '../support/reviews.ts';
import { HOSTILE_BODIES } from './hostile.ts';

const MIB = 1024 * 1024;
const root = fileURLToPath(new URL('../..', import.meta.url));
const values = parse(readFileSync(join(root, 'charts/max-map-count-webhook/values.yaml'), 'utf8'));
const limit = Number(/^(\d+)Mi$/.exec(values.resources.limits.memory)?.[1]) * MIB;
// The image's entry point: its flags, with this machine's Node.js and this checkout's bundle.
const [, ...nodeFlags] = JSON.parse(
  /^ENTRYPOINT (.*)$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))?.[1] ?? '[]',
).filter((argument: string) => argument !== '/app/server.js');

const SECOND = 1_000;
const REVIEW = JSON.stringify(podReview());
const ORDINARY = `POST /mutate/init-container HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${REVIEW.length}\r\n\r\n${REVIEW}`;

const made = existsSync(join(root, 'dist/server.js'))
  ? createMemoryCgroup(limit)
  : 'dist/server.js is missing: npm run build';
if (typeof made === 'string') {
  console.warn(`\nLEFT OUT: the server at the chart's memory limit. ${made}\n`);
  if (process.env.CI) throw new Error(made);
}

/** Milliseconds of processor time that the server's threads have used. */
function workOf({ pid }: ChildProcess): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const used = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return used.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

describe.skipIf(typeof made === 'string')(`the built server with ${limit / MIB} MiB`, () => {
  const cgroup = made as MemoryCgroup;
  const directory = temporaryDirectory();
  let server: ChildProcess;
  let port = 0;

  beforeAll(async () => {
    const [webhook = 0, admin = 0] = await freePorts(2);
    port = webhook;
    const config = join(directory.path, 'config.yaml');
    const tls = JSON.stringify(await makeCertificate(directory.path, 'bounded'));
    writeFileSync(config, `listen: {port: ${port}, adminPort: ${admin}}\ntls: ${tls}\nlog: {level: warn}\n`);
    const [shell = '', ...enter] = cgroup.enter;
    const command = [process.execPath, ...nodeFlags, join(root, 'dist/server.js'), '--config', config];
    server = spawn(shell, [...enter, ...command], { stdio: ['ignore', 'inherit', 'inherit'] });
    for (let tries = 0; (await exchange(port, [ORDINARY], 1)).length === 0 && tries < 200; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  afterAll(async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    cgroup.remove();
    directory.remove();
  });

  /**
   * Ordinary reviews, each on a connection of its own, as long as the flood lasts; the most that one had to wait, in
   * milliseconds of the server's work and of the clock. On a busy machine only the first says something about the server.
   */
  async function slowestBeside(flood: Promise<unknown>): Promise<{ work: number; clock: number }> {
    let isOver = false;
    const over = flood.finally(() => {
      isOver = true;
    });
    const slowest = { work: 0, clock: 0 };
    do {
      const start = { work: workOf(server), clock: performance.now() };
      const [answer] = await exchange(port, [ORDINARY], 1);
      slowest.clock = Math.max(slowest.clock, performance.now() - start.clock);
      slowest.work = Math.max(slowest.work, workOf(server) - start.work);
      expect([answer?.status, answer?.body.includes('"patch"')]).toEqual([200, true]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    } while (!isOver);
    await over;
    return slowest;
  }

  test.each([
    ...Object.keys(HOSTILE_BODIES),
    'forty bodies of 2.4 MB',
    '500 templates of 100 KB',
    '1,000 templates of 1 KB',
    'a content type full of blanks',
    '1,010 requests of headers only',
    '1,010 halves of a body of 120 KB',
    '100 large bodies that stop in the middle',
    '2,500 idle connections',
    '2,500 connections idle after a review',
    '2,500 connections without a handshake',
  ])('%s: no restart, and others are answered within a second', async (kind) => {
    const flood = promisify(execFile)(process.execPath, [join(root, 'test/server/flood.ts'), kind, String(port)]);
    const slowest = await slowestBeside(flood);
    const outcome = JSON.parse((await flood).stdout);
    console.info(
      `${kind}: ${JSON.stringify(outcome)}, others ${slowest.work.toFixed(0)} ms of work, peak ${(cgroup.peak() / MIB).toFixed(0)} MiB`,
    );
    expect([server.exitCode, server.signalCode, cgroup.kills()]).toEqual([null, null, 0]);
    expect(outcome.none ?? 0).toBe(0);
    if (kind in HOSTILE_BODIES) expect(outcome).toEqual({ 200: 3 });
    if (kind.includes('templates')) expect(outcome).toEqual({ 200: 3 * Number.parseInt(kind.replace(',', ''), 10) });
    if (kind.startsWith('forty')) expect(outcome[200]).toBeGreaterThan(0);
    expect(slowest.work).toBeLessThan(SECOND);
    expect(slowest.clock).toBeLessThan(10 * SECOND);
  });
});
