import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../../tools/process/eventually.ts';
import { readSettings } from './kernel-settings.ts';
import { CGROUP } from './sandbox.ts';

const PARENT = fileURLToPath(new URL('parent.ts', import.meta.url));

// A folder of its own for temporary files: other programs of ours may come and go in the machine's.
const TMPDIR = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
const env = { ...process.env, TMPDIR };

afterAll(() => rmSync(TMPDIR, { recursive: true }));

/** All that a run may change for others. */
function machine(word: string) {
  return {
    settings: readSettings(),
    mounts: readFileSync('/proc/self/mounts', 'utf8'),
    links: readdirSync('/sys/class/net').sort(),
    cgroups: globSync([`/sys/fs/cgroup/${CGROUP}`, `/sys/fs/cgroup/*/${CGROUP}`]),
    directories: readdirSync(TMPDIR),
    processes: spawnSync('pgrep', ['--full', word], { encoding: 'utf8' }).stdout,
  };
}

/** Starts a parent, and waits until its sandbox has changed everything. */
async function start(word: string, ...args: string[]) {
  const parent = spawn(process.execPath, [PARENT, word, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const [first] = (await once(parent.stdout, 'data')) as [Buffer];
  expect(String(first)).toBe('ready\n');
  return parent;
}

describe('a sandbox', () => {
  it('says how its program ended, and puts everything back', async () => {
    const word = randomUUID();
    const before = machine(word);
    const parent = spawn(process.execPath, [PARENT, word, 'ends'], { stdio: ['ignore', 'pipe', 'inherit'], env });
    expect(await text(parent.stdout)).toBe('ready\ncode 3\n');
    expect(machine(word)).toEqual(before);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('puts everything back when its parent gets %s', async (signal) => {
    const word = randomUUID();
    const before = machine(word);
    const parent = await start(word);
    const during = machine(word);
    expect(during).toMatchObject({ settings: { 'vm/max_map_count': '65531', 'kernel/panic': '11' } });
    expect(during.cgroups).not.toEqual([]);
    expect(during.processes).not.toBe('');
    // Its mounts and its network are its own.
    expect(during.mounts).toBe(before.mounts);
    expect(during.links).toEqual(before.links);
    parent.kill(signal);
    await eventually('waiting for the clean-up', async () => expect(machine(word)).toEqual(before), { seconds: 30 });
  });

  it('is one at a time, and a second one leaves the first alone', async () => {
    const word = randomUUID();
    const before = machine(word);
    const first = await start(word);
    const second = spawn(process.execPath, [PARENT, randomUUID(), 'ends'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    });
    expect(await text(second.stdout)).toContain(`the cgroup ${CGROUP} is there: another run is going on`);
    expect(machine(word)).toMatchObject({ settings: { 'vm/max_map_count': '65531' } });
    first.kill('SIGKILL');
    await eventually('waiting for the clean-up', async () => expect(machine(word)).toEqual(before), { seconds: 30 });
  });
});
