// What the DaemonSet's containers run, under every shell that they may meet: a fake file in the place of /proc, a fake sysctl.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { raiseScript } from '../../../src/core/init-container.ts';
import { VALUE_FILE } from '../../../src/node-agent/value.ts';
import { PLACEHOLDER } from '../../../tools/generate/chart.ts';
import { hasShell, SHELLS } from '../../support/shells.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NEED = 262_144;
const chartFile = (name: string) => readFileSync(`${ROOT}charts/max-map-count-webhook/files/${name}`, 'utf8');
const withValue = (script: string) => script.replaceAll(PLACEHOLDER, String(NEED));

describe("the chart's generated files", () => {
  it('raise.sh is the script of the injected init container', () => {
    expect(withValue(chartFile('raise.sh'))).toBe(raiseScript(NEED));
  });

  it('hold nothing that the kubelet would expand', () => {
    expect(['keep.sh', 'persist.sh', 'raise.sh', 'watch.sh'].map(chartFile).join('')).not.toMatch(/\$\(/);
  });
});

const directory = mkdtempSync(join(tmpdir(), 'max-map-count-keep-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe.each(SHELLS)('keep.sh under %s', (name, command) => {
  const [shell, ...options] = command;
  const isPresent = hasShell(name, command, 'keep.sh');

  /** Runs keep.sh with `before` as the value, looking every 0.1 s, until the test ends. */
  function keep(before: string, sysctl: string): { child: ChildProcess; file: string; output: () => string } {
    const folder = mkdtempSync(join(directory, 'run-'));
    const [file, program] = [join(folder, 'max_map_count'), join(folder, 'sysctl')];
    writeFileSync(file, before);
    writeFileSync(program, `#!/bin/sh\n${sysctl.replaceAll('FILE', file)}\n`, { mode: 0o755 });
    const here = (script: string) => withValue(script).replaceAll('/proc/sys/vm/max_map_count', file);
    // A function, since busybox prefers its own applets to what PATH holds.
    const raise = `sysctl() { ${program} "$@"; }\n${here(chartFile('raise.sh'))}`;
    const script = here(chartFile('keep.sh')).replace('sleep 30', 'sleep 0.1');
    const child = spawn(shell, [...options, '-c', script, 'keep', raise], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    onTestFinished(() => void child.kill('SIGKILL'));
    return { child, file, output: () => output };
  }

  const writes = 'echo "$2" | cut -d= -f2 >FILE';
  const raised = 'max-map-count: vm.max_map_count raised from 65530 to 262144\n';

  describe.skipIf(!isPresent)('the loop', () => {
    it('raises the value each time that something lowers it, with one line each, and says nothing in between', async () => {
      const { file, output } = keep('1048576\n', writes);
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(output()).toBe('');
      for (const expected of [raised, raised + raised]) {
        writeFileSync(file, '65530\n');
        await expect.poll(output, { timeout: 5000 }).toBe(expected);
        expect(readFileSync(file, 'utf8')).toBe('262144\n');
      }
    });

    it('ends with one plain line when the node refuses the write', async () => {
      const { child, output } = keep('65530\n', 'exit 255');
      expect(await once(child, 'close')).toEqual([1, null]);
      expect(output()).toBe(
        'max-map-count: vm.max_map_count is still 65530, 262144 is needed: the node refused the write\n',
      );
    });

    it('goes on in silence while the value cannot be read', async () => {
      const { file, output } = keep('not a number\n', writes);
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(output()).toBe('');
      writeFileSync(file, '65530\n');
      await expect.poll(output, { timeout: 5000 }).toBe(raised);
    });

    // A plain file can be read byte by byte, files under /proc/sys cannot.
    it.runIf(existsSync(VALUE_FILE))('reads the whole number from a real kernel', async () => {
      const value = readFileSync(VALUE_FILE, 'utf8').trim();
      const script = chartFile('keep.sh').replaceAll(PLACEHOLDER, value).replace('sleep 30 &', 'exit 0');
      const { stdout, stderr } = spawnSync(shell, [...options, '-c', script, 'keep', 'echo raised'], {
        encoding: 'utf8',
      });
      expect([stdout, stderr]).toEqual(['', '']);
    });

    it.runIf(existsSync(VALUE_FILE))('and so does raise.sh', () => {
      const value = readFileSync(VALUE_FILE, 'utf8').trim();
      // Whatever it reads, nothing is written.
      const script = `sysctl() { :; }\n${chartFile('raise.sh').replaceAll(PLACEHOLDER, value)}`;
      const { stdout, status } = spawnSync(shell, [...options, '-c', script], { encoding: 'utf8' });
      expect(stdout).toBe(`max-map-count: vm.max_map_count is ${value}, which is enough (${value} is needed)\n`);
      expect(status).toBe(0);
    });

    it('ends at once when it is asked to', async () => {
      const { child, file, output } = keep('65530\n', writes);
      await expect.poll(output, { timeout: 5000 }).toBe(raised);
      writeFileSync(file, '262144\n');
      const asked = performance.now();
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(performance.now() - asked).toBeLessThan(2000);
    });
  });
});

describe.each(SHELLS)('under %s', (name, command) => {
  const [shell, ...options] = command;
  const isPresent = hasShell(name, command, 'persist.sh and watch.sh');
  const prepare = (value: string) => {
    const folder = mkdtempSync(join(directory, 'host-'));
    const file = join(folder, 'max_map_count');
    writeFileSync(file, value);
    return { folder, file, here: (script: string) => script.replaceAll('/proc/sys/vm/max_map_count', file) };
  };

  describe.skipIf(!isPresent)('persist.sh', () => {
    const persist = (value: string, prepared = prepare(value)) => {
      const script = prepared.here(chartFile('persist.sh'));
      const args = [...options, '-c', script, 'persist', prepared.folder];
      return { ...prepared, ...spawnSync(shell, args, { encoding: 'utf8' }) };
    };
    const fileIn = (folder: string) => join(folder, '99-max-map-count.conf');

    it('writes what the node has, which is never less than what it was raised to', () => {
      const { folder, status, stdout } = persist('1048576\n');
      expect(readFileSync(fileIn(folder), 'utf8')).toBe('vm.max_map_count=1048576\n');
      expect([status, stdout]).toEqual([
        0,
        expect.stringMatching(/^max-map-count: wrote vm\.max_map_count=1048576 to /),
      ]);
      expect(existsSync(`${fileIn(folder)}.tmp`)).toBe(false);
    });

    it('writes once', () => {
      const prepared = prepare('262144\n');
      persist('', prepared);
      expect(persist('', prepared)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('holds vm.max_map_count=262144 already'),
      });
    });

    it('fails with one line where the directory cannot be written', () => {
      const prepared = prepare('262144\n');
      rmSync(prepared.folder, { recursive: true });
      const file = join(mkdtempSync(join(directory, 'value-')), 'max_map_count');
      writeFileSync(file, '262144\n');
      const here = (script: string) => script.replaceAll('/proc/sys/vm/max_map_count', file);
      const { status, stdout, stderr } = persist('', { ...prepared, here });
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^max-map-count: \S+ cannot be written: 262144 is lost at the next reboot[^\n]*\n$/);
    });

    it('writes nothing where the value cannot be read', () => {
      const { folder, status } = persist('nonsense\n');
      expect([status, existsSync(fileIn(folder))]).toEqual([0, false]);
    });
  });

  describe.skipIf(!isPresent)('watch.sh', () => {
    const watch = (labelled: string, value = labelled) => {
      const { folder, file, here } = prepare(value);
      writeFileSync(join(folder, 'labelled'), labelled);
      const script = here(chartFile('watch.sh')).replace('sleep 30', 'sleep 0.1');
      const child = spawn(shell, [...options, '-c', script, 'watch', join(folder, 'labelled')], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
      onTestFinished(() => void child.kill('SIGKILL'));
      return { child, file, output: () => output };
    };

    it('stays in silence while the value is the one of the label, and fails with one line when it is another', async () => {
      const { child, file, output } = watch('262144\n');
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect([child.exitCode, output()]).toEqual([null, '']);
      writeFileSync(file, '65530\n');
      expect(await once(child, 'close')).toEqual([1, null]);
      expect(output()).toMatch(
        /^max-map-count: vm\.max_map_count is 65530, and was 262144 when the node was labelled: [^\n]*\n$/,
      );
    });

    it('fails again after it was restarted', async () => {
      const { child } = watch('262144\n', '65530\n');
      expect(await once(child, 'close')).toEqual([1, null]);
    });

    it('ends at once when it is asked to', async () => {
      const { child } = watch('262144\n');
      await new Promise((resolve) => setTimeout(resolve, 300));
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
    });
  });
});

it.each(['keep.sh', 'persist.sh', 'watch.sh'])('%s is plain POSIX shell', (file) => {
  execFileSync('sh', ['-n', '-c', chartFile(file)]);
});
