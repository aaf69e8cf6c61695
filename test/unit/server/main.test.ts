import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { makeCertificate, temporaryDirectory } from '../../support/certificates.ts';

const MAIN = fileURLToPath(new URL('../../../src/server/main.ts', import.meta.url));
const directory = temporaryDirectory();
const tls = await makeCertificate(directory.path, 'main');
afterAll(directory.remove);

function configFile(name: string, yaml: string): string {
  const file = join(directory.path, name);
  writeFileSync(file, yaml);
  return file;
}

function server(listen: string): string {
  return configFile('server.yaml', `listen: ${listen}\ntls: {certFile: ${tls.certFile}, keyFile: ${tls.keyFile}}\n`);
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): {
  child: ChildProcess;
  started: Promise<Record<string, unknown>>;
  ended: Promise<Ended>;
} {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const started = new Promise<Record<string, unknown>>((resolve) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      const line = stdout.split('\n').find((candidate) => candidate.includes('"msg":"started"'));
      if (line) resolve(JSON.parse(line));
    });
  });
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  return { child, started, ended };
}

// Each test starts a process or two, all at once on few cores.
describe.concurrent('the command', { timeout: 30_000 }, () => {
  test('--help', async () => {
    const { code, stdout, stderr } = await run('--help').ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: max-map-count-webhook \[--config FILE\]\n/);
  });

  test('--version', async () => {
    expect(await run('--version').ended).toEqual({ code: 0, stdout: 'dev\n', stderr: '' });
  });

  test.each([['--port=1'], ['--config'], ['config.yaml']])('%s: usage, exit code 2', async (argument) => {
    const { code, stdout, stderr } = await run(argument).ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/\n\nUsage: max-map-count-webhook /);
  });

  test('every problem of the configuration on a line of its own, exit code 1', async () => {
    const file = configFile('bad.yaml', 'level: x\nlisten: {prot: 1}\n');
    const { code, stdout, stderr } = await run('--config', file).ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'listen.prot: unknown key; did you mean port?\nlevel: expected one of "required"|"recommended"\n',
    );
  });

  test('a missing certificate: one line, exit code 1', async () => {
    const file = configFile('missing.yaml', 'listen: {port: 0, adminPort: 0}\ntls: {certFile: /nowhere/tls.crt}\n');
    const { code, stderr } = await run(`--config=${file}`).ended;
    expect(code).toBe(1);
    expect(stderr).toBe('/nowhere/tls.crt: there is no such file or directory\n');
  });

  test('a port in use: one line, exit code 1', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { code, stderr } = await run(
      '--config',
      configFile(
        'used.yaml',
        `listen: {port: ${port}, adminPort: 0}\ntls: {certFile: ${tls.certFile}, keyFile: ${tls.keyFile}}\n`,
      ),
    ).ended;
    other.close();
    expect([code, stderr]).toEqual([1, `cannot listen on port ${port}: it is already in use\n`]);
  });

  test('starts with one line and leaves with exit code 0 at SIGTERM', async () => {
    const { child, started, ended } = run('--config', server('{port: 0, adminPort: 0, drainSeconds: 0}'));
    expect(await started).toMatchObject({
      level: 'info',
      version: 'dev',
      port: expect.any(Number),
      adminPort: expect.any(Number),
      mode: 'enforce',
      workloads: expect.any(Number),
    });
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).msg).toSorted()).toEqual(['draining', 'started', 'stopped']);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('a second signal, %s, ends it at once with exit code %i', async (signal, expected) => {
    const file = configFile(
      `${signal}.yaml`,
      `listen: {port: 0, adminPort: 0, drainSeconds: 300}\ntls: {certFile: ${tls.certFile}, keyFile: ${tls.keyFile}}\n`,
    );
    const { child, started, ended } = run('--config', file);
    await started;
    child.kill('SIGTERM');
    await Promise.race([ended, new Promise((resolve) => child.stdout?.once('data', resolve))]);
    child.kill(signal);
    expect((await ended).code).toBe(expected);
  });
});
