// The bundle as a process: it gets on with pipes and signals. How fast it starts is shown by npm run bench.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SCRIPT } from '../support/cli-plugin.ts';

const ELK = fileURLToPath(new URL('../../examples/elk.yaml', import.meta.url));
const run = (args: string[], options: object = {}) =>
  spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8', ...options });
const shell = (script: string, env: Readonly<Record<string, string>> = {}) =>
  spawnSync('bash', ['-c', script, 'bash', process.execPath, SCRIPT, ELK], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

describe('dist/cli.js', () => {
  it('needs nothing but itself: it runs from an empty directory', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'cli-built-'));
    const { stdout, status } = run(['version'], { cwd });
    rmSync(cwd, { recursive: true });
    expect([stdout, status]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\n$/), 0]);
  });

  it('keeps quiet when its reader goes away', () => {
    const { stdout, stderr } = shell('"$1" "$2" catalogue -o json | head -n 1; echo "${PIPESTATUS[0]}"');
    expect([stdout, stderr]).toEqual(['[\n0\n', '']);
  });

  it('reads what a shell passes as <(...)', () => {
    const { stderr, status } = shell('"$1" "$2" preview -f <(cat "$3") --exit-code');
    expect(stderr).toContain('1 would be patched');
    expect(status).toBe(1);
  });

  it('writes a large output whole into a pipe', () => {
    const { stdout } = shell(
      'for i in $(seq 400); do cat "$3"; echo ---; done | "$1" "$2" preview -f - -o json | wc -c',
    );
    expect(Number(stdout)).toBeGreaterThan(800_000);
  });

  it('has no colours in a pipe, and has them on request', () => {
    const esc = String.fromCharCode(27);
    expect(shell('"$1" "$2" preview -f "$3"', { FORCE_COLOR: '' }).stdout).not.toContain(esc);
    expect(shell('"$1" "$2" preview -f "$3"', { FORCE_COLOR: '1', NO_COLOR: '' }).stdout).toContain(`${esc}[32m+`);
  });

  it.each([
    ['it waits for standard input', ['preview', '-f', '-']],
    ['it waits for a cluster', ['doctor', '--kubeconfig']],
  ])('ends on an interrupt while %s: by the signal, which shells report as 130', async (_, args) => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const directory = mkdtempSync(join(tmpdir(), 'cli-built-'));
    const kubeconfig = join(directory, 'kubeconfig');
    writeFileSync(kubeconfig, kubeconfigFor((silent.address() as AddressInfo).port));
    const isOnline = args.includes('doctor');
    const child = spawn(process.execPath, [SCRIPT, ...args, ...(isOnline ? [kubeconfig] : [])]);
    if (isOnline) await once(silent, 'connection');
    else await new Promise((resolve) => setTimeout(resolve, 1000));
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
    silent.close();
    rmSync(directory, { recursive: true });
  });
});

function kubeconfigFor(port: number): string {
  const cluster = { server: `https://127.0.0.1:${port}` };
  const context = { cluster: 'silent', user: 'nobody' };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'silent',
    clusters: [{ name: 'silent', cluster }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: 'silent', context }],
  });
}
