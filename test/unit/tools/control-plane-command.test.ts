// npm run control-plane, against a mirror on loopback whose programs are shell scripts.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePorts } from '../../../tools/process/ports.ts';
import { controlPlaneCommand } from '../../../tools/programs/command.ts';
import { atMirror } from '../../../tools/programs/download.ts';
import { CONTROL_PLANE, type Program } from '../../../tools/programs/programs.ts';
import { type Release, releaseOf } from '../../../tools/programs/releases.ts';

const COMMAND = fileURLToPath(new URL('../../../tools/programs/main.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'control-plane-command-'));
const path = join(root, 'bin');
/** What the mirror does instead of answering; by the path of the file. */
const faults = new Map<string, (response: ServerResponse, file: Buffer) => void>();
const requests: string[] = [];
const files = new Map<string, Buffer>();
let mirror: Server;
let cache: string;

function publishedAs(program: Program): Release {
  const release = releaseOf(program);
  if (release === undefined) throw new Error(`nobody publishes ${program}`);
  return release;
}

/** The path of a program's file on the mirror. */
function fileOf(program: Program): string {
  return atMirror(publishedAs(program).url, '');
}

beforeAll(async () => {
  // All that the command runs, but no Go.
  mkdirSync(path);
  for (const name of ['tar', 'gzip'])
    symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(path, name));
  for (const program of CONTROL_PLANE) publish(program);
  mirror = createServer(({ url = '' }, response) => {
    requests.push(url);
    const file = files.get(url);
    const fault = faults.get(url);
    if (file === undefined) response.writeHead(404).end();
    else if (fault) fault(response, file);
    else response.writeHead(200, { 'content-length': file.length }).end(file);
  });
  await once(mirror.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  vi.unstubAllEnvs();
  mirror.closeAllConnections();
  mirror.close();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  faults.clear();
  requests.length = 0;
  cache = mkdtempSync(join(root, 'cache-'));
  const address = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
  const env = { PATH: path, HOME: root, XDG_CACHE_HOME: cache, CONTROL_PLANE_MIRROR: address, KUBEBUILDER_ASSETS: '' };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
});

/** Puts a program on the mirror as its publisher has it, with its checksum beside it. */
function publish(program: Program): void {
  const { url, sums, member } = publishedAs(program);
  const folder = mkdtempSync(join(root, 'release-'));
  const name = member ?? program;
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\necho ${program}\n`, { mode: 0o644 });
  if (member !== undefined) execFileSync('tar', ['-czf', `${folder}.tar.gz`, '-C', folder, member]);
  const file = readFileSync(member === undefined ? join(folder, name) : `${folder}.tar.gz`);
  files.set(atMirror(url, ''), file);
  const line = `${createHash('sha256').update(file).digest('hex')}  ${url.slice(url.lastIndexOf('/') + 1)}\n`;
  const others = sums.startsWith(url) ? '' : `${'0'.repeat(64)}  another-file.tar.gz\n`.repeat(2);
  files.set(atMirror(sums, ''), Buffer.from(sums.endsWith('.sha256') ? line.slice(0, 64) : others + line));
}

/** Starts the command as a process of its own, for the signals that it gets. */
function start() {
  return spawn(process.execPath, [COMMAND], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(...args: string[]): Promise<{ code: number; stderr: string }> {
  const lines: string[] = [];
  const { signal } = new AbortController();
  const code = await controlPlaneCommand(args, { say: (line) => lines.push(line), signal });
  return { code, stderr: lines.join('\n') };
}

/** Every file in the cache, by its name. */
function kept(): string[] {
  const entries = readdirSync(cache, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

const complete: readonly string[] = [...CONTROL_PLANE].sort();

describe('npm run control-plane', () => {
  it('downloads every program once, checked and ready to run', async () => {
    const { code, stderr } = await run();
    expect(stderr).toContain('The control plane is complete');
    expect([code, kept()]).toEqual([0, complete]);
    for (const { name, parentPath } of readdirSync(cache, { recursive: true, withFileTypes: true })) {
      if (!complete.includes(name)) continue;
      expect(execFileSync(join(parentPath, name), { encoding: 'utf8' })).toBe(`${name}\n`);
    }
    requests.length = 0;
    expect((await run()).code).toBe(0);
    expect(requests).toEqual([]);
  });

  it.each([
    [
      'a download breaks off',
      (response: ServerResponse, file: Buffer) => {
        response.writeHead(200, { 'content-length': file.length + 1 }).write(file);
        response.destroy();
      },
      /kube-scheduler broke off: /,
    ],
    [
      'a file is not what its publisher made',
      (response: ServerResponse) => response.end('#!/bin/sh\necho evil\n'),
      /kube-scheduler has the SHA-256 sum [0-9a-f]{64}, but its publisher says/,
    ],
    [
      'the server fails',
      (response: ServerResponse) => response.writeHead(503).end(),
      /kube-scheduler broke off: the server answers 503/,
    ],
  ])('keeps nothing half-made when %s, and goes on the next time', async (_what, fault, message) => {
    faults.set(fileOf('kube-scheduler'), fault);
    const first = await run();
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(message);
    expect(first.stderr).not.toMatch(/^\s+at /m);
    expect(kept()).toEqual(['etcd', 'kube-apiserver', 'kube-controller-manager']);
    faults.clear();
    requests.length = 0;
    expect((await run()).code).toBe(0);
    expect(kept()).toEqual(complete);
    expect(requests).not.toContain(fileOf('etcd'));
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 130],
    ['SIGKILL', null],
  ] as const)(
    'keeps nothing half-made after %s in the middle of a download, and goes on the next time',
    async (signal, exit) => {
      const begun = new EventEmitter();
      faults.set(fileOf('kubectl'), (response, file) => {
        response.writeHead(200, { 'content-length': file.length }).write(file.subarray(0, 5));
        begun.emit('download');
      });
      const child = start();
      const download = once(begun, 'download');
      const stderr = text(child.stderr);
      await download;
      child.kill(signal);
      expect((await once(child, 'close'))[0]).toBe(exit);
      if (exit !== null) {
        expect(await stderr).toContain('stopped; what was complete is kept');
        expect(kept()).not.toContain('download');
      }
      faults.clear();
      expect((await run()).code).toBe(0);
      expect(kept()).toEqual(complete);
      expect(
        readdirSync(join(cache, 'max-map-count-webhook/tools')).filter((name) => name.startsWith('unfinished')),
      ).toEqual([]);
    },
  );

  it('says in one sentence what it tried and what would help, where there is neither network nor Go', async () => {
    const { code, stderr } = await run('--mirror', `http://127.0.0.1:${await freePorts(1)}`);
    const [asking, sentence, ...others] = stderr.trim().split('\n');
    expect([code, others]).toEqual([1, []]);
    expect(asking).toMatch(/asking http:\/\/127\.0\.0\.1:\d+ for them/);
    expect(sentence).toMatch(
      /^cannot get etcd, .*: KUBEBUILDER_ASSETS is not set, nothing in .*, 127\.0\.0\.1:\d+ cannot be reached \(connect ECONNREFUSED 127\.0\.0\.1:\d+\), and there is no Go/,
    );
    expect(sentence).toContain('any of these would help: Go 1.26 or newer');
    expect(kept()).toEqual([]);
  });

  it.each([
    [['--kubernetes', '1.2'], /^there is no Kubernetes 1\.2 here; there is 1\.30, .*1\.37$/m],
    [['--mirror', 'ftp://example.com'], /^the mirror ftp:\/\/example\.com is not an http or https address$/m],
    [['--speed'], /^Unknown option '--speed'/],
    [['1.30'], /^Unexpected argument '1\.30'/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect([code, kept()]).toEqual([2, []]);
    expect(stderr).toMatch(message);
  });
});
