import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { wasCalled } from '../../tools/control-plane/audit.ts';
import { etcdArguments } from '../../tools/control-plane/components.ts';
import { startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { freePorts, retryLostPorts } from '../../tools/process/ports.ts';
import { outputOf } from '../../tools/process/run.ts';
import { startSupervisor } from '../../tools/process/supervisor.ts';
import { whileRunning } from '../../tools/process/while-running.ts';
import { startWebhookServer } from '../../tools/webhook/server.ts';
import { cluster } from '../support/cluster.ts';

const { available, version, binaries, kubectl, get, createNamespace, creationOf, startWebhook } = cluster();
const SERVER = fileURLToPath(new URL('../../dist/server.js', import.meta.url));
const PARENT = fileURLToPath(new URL('../support/control-plane-parent.ts', import.meta.url));

function spawnParent(env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [PARENT, JSON.stringify(binaries)], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, ...env },
  });
}

/** Starts a control plane in a process of its own and reads from it what it started. */
async function startParent(): Promise<{ parent: ChildProcess; directory: string; pids: number[] }> {
  const parent = spawnParent();
  const [started] = (await once(parent, 'message')) as [{ directory: string; pids: number[] }];
  return { parent, ...started };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function expectNothingLeft(directory: string, pids: readonly number[]): Promise<void> {
  const look = async () => {
    const alive = pids.filter(isAlive);
    if (alive.length > 0) throw new Error(`still alive: ${alive}`);
    if (existsSync(directory)) throw new Error(`still there: ${directory}`);
  };
  await eventually('waiting for the clean-up', look, { seconds: 15 });
}

describe.skipIf(!available)('the control plane of the tests', () => {
  test('is a real API server that creates pods for Deployments', async () => {
    const namespace = await createNamespace();
    outputOf(await kubectl(['create', 'deployment', 'web', '--image=nginx', '--namespace', namespace]));
    const list = () => kubectl(['get', 'pods', '--namespace', namespace, '--output', 'name']);
    const found = async () => expect(outputOf(await list())).toMatch(/^pod\/web-/);
    await eventually('waiting for the pod', found, { seconds: 20 });
    expect(version).toMatch(/^v1\.\d+\.\d+$/);
  });

  test('calls a webhook from its registration until it is stopped, and tells so in the audit log', async () => {
    const namespace = await createNamespace();
    const { configuration, stop } = await startWebhook();
    const [before, after] = [`during-${namespace}`, `after-${namespace}`];
    outputOf(await kubectl(['run', before, '--image=sebp/elk', '--namespace', namespace]));
    await stop();
    outputOf(await kubectl(['run', after, '--image=sebp/elk', '--namespace', namespace]));
    expect(wasCalled(await creationOf(before), configuration.metadata.name)).toBe(true);
    expect(wasCalled(await creationOf(after), configuration.metadata.name)).toBe(false);
    expect(await get('pod', before, '--namespace', namespace)).toHaveProperty('spec.initContainers.0.name');
    expect(await get('pod', after, '--namespace', namespace)).not.toHaveProperty('spec.initContainers');
  });

  test.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)('is gone after its parent got %s', async (signal) => {
    const { parent, directory, pids } = await startParent();
    expect(pids.length).toBeGreaterThanOrEqual(3);
    expect(pids.every(isAlive)).toBe(true);
    expect(existsSync(directory)).toBe(true);
    parent.kill(signal);
    await expectNothingLeft(directory, pids);
  });

  test.each([50, 100, 200, 400, 800, 1600])(
    'is gone after its parent was killed %i ms into the start',
    async (delay) => {
      const temporary = await mkdtemp(join(tmpdir(), 'killed-'));
      const parent = spawnParent({ TMPDIR: temporary });
      await setTimeout(delay);
      parent.kill('SIGKILL');
      const look = async () => {
        expect(await readdir(temporary)).toEqual([]);
        expect(execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })).not.toContain(temporary);
      };
      await eventually('waiting for the clean-up', look, { seconds: 15 });
      await rmdir(temporary);
    },
  );

  test('is gone after its parent threw', async () => {
    const { parent, directory, pids } = await startParent();
    const exit = once(parent, 'exit');
    parent.send('throw');
    expect(await exit).toEqual([1, null]);
    await expectNothingLeft(directory, pids);
  });

  test('is gone after a component did not start, and the error has the last words of it', async () => {
    const start = startControlPlane({ binaries, controllerManager: false, apiServerFlags: ['--no-such-flag'] });
    await expect(start).rejects.toThrow(/kube-apiserver ended early \(1\).*unknown flag: --no-such-flag/s);
  });

  test('starts again when another program took its port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const supervisor = await startSupervisor();
    const [etcdPeerPort = 0, free = 0] = await freePorts(2);
    const ports = [(other.address() as AddressInfo).port, free];
    const { directory } = supervisor;
    const health = await retryLostPorts(async () => {
      const etcdPort = ports.shift() ?? 0;
      const args = etcdArguments({ directory, etcdPort, etcdPeerPort, apiServerPort: 0 });
      const etcd = await supervisor.start('etcd', binaries.etcd, args);
      const ask = async () => (await fetch(`http://127.0.0.1:${etcdPort}/health`)).json();
      return whileRunning([etcd], (signal) => eventually('waiting for etcd', ask, { seconds: 20, signal }));
    });
    await supervisor.stop();
    other.close();
    expect(ports).toEqual([]);
    expect(health).toMatchObject({ health: 'true' });
  });

  test('tries again, too, when our server says that its port is taken', async () => {
    const supervisor = await startSupervisor();
    const { certFile } = await startWebhookServer(supervisor);
    const args = [SERVER, '--config', join(dirname(certFile), 'config.yaml')];
    let attempts = 0;
    const onTheSamePorts = retryLostPorts(async () => {
      attempts += 1;
      const second = await supervisor.start('second', process.execPath, args);
      return whileRunning([second], () => new Promise(() => undefined));
    });
    await expect(onTheSamePorts).rejects.toThrow('already in use');
    expect(attempts).toBe(3);
    await supervisor.stop();
  });
});
