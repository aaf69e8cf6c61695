// The script itself, under every shell it may meet, against a fake /proc file and a fake sysctl.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { raiseScript } from '../../../src/core/init-container.ts';
import { hasShell, SHELLS } from '../../support/shells.ts';

const NEED = 262_144;
const directory = mkdtempSync(join(tmpdir(), 'max-map-count-script-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Run {
  status: number | null;
  output: string;
  /** What the file holds afterwards; null when there is none. */
  value: string | null;
  /** The calls of sysctl. */
  calls: string[];
}

/** Runs the script with `before` in the place of /proc/sys/vm/max_map_count and `sysctl` as the program of that name. */
function run([program, ...options]: readonly [string, ...string[]], before: string | null, sysctl: string): Run {
  const folder = mkdtempSync(join(directory, 'run-'));
  const file = join(folder, 'max_map_count');
  if (before !== null) writeFileSync(file, before);
  writeFileSync(join(folder, 'calls'), '');
  writeFileSync(
    join(folder, 'sysctl'),
    `#!/bin/sh\necho "$*" >>${folder}/calls\n${sysctl.replaceAll('FILE', file)}\n`,
    { mode: 0o755 },
  );
  // A function, since busybox prefers its own applets to what PATH holds.
  const fake = `sysctl() { ${join(folder, 'sysctl')} "$@"; }\n`;
  const script = fake + raiseScript(NEED).replaceAll('/proc/sys/vm/max_map_count', file);
  const result = spawnSync(program, [...options, '-c', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const after = spawnSync('cat', [file], { encoding: 'utf8' });
  return {
    status: result.status,
    output: result.stdout + result.stderr,
    value: after.status === 0 ? after.stdout.trim() : null,
    calls: readFileSync(join(folder, 'calls'), 'utf8').split('\n').filter(Boolean),
  };
}

const WRITES = 'new=$(echo "$2" | cut -d= -f2); echo "$new" >FILE; echo "vm.max_map_count = $new"';
const WRITE_CALL = [`-w vm.max_map_count=${NEED}`];

describe.each(SHELLS)('under %s', (name, shell) => {
  describe.skipIf(!hasShell(name, shell, 'the script'))('the script', () => {
    // The kernel's file is not like others: it is served at offset 0 only.
    it.skipIf(process.platform !== 'linux')('reads the whole value from the real /proc', () => {
      const real = readFileSync('/proc/sys/vm/max_map_count', 'utf8').trim();
      const refuse = 'sysctl() { echo "sysctl was called" >&2; return 1; }\n';
      const [program, ...options] = shell;
      const result = spawnSync(program, [...options, '-c', refuse + raiseScript(1000)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect(result.stdout + result.stderr).toBe(
        `max-map-count: vm.max_map_count is ${real}, which is enough (1000 is needed)\n`,
      );
    });

    it('raises a lower value and says so in one line', () => {
      const { status, output, value, calls } = run(shell, '65530\n', WRITES);
      expect({ status, value, calls }).toEqual({ status: 0, value: '262144', calls: WRITE_CALL });
      expect(output).toBe('max-map-count: vm.max_map_count raised from 65530 to 262144\n');
    });

    it.each(['262144\n', '262144', '1048576\n', '2147483647\n'])(
      'never touches a value that is enough: %j',
      (before) => {
        const { status, value, calls } = run(shell, before, WRITES);
        expect({ status, value, calls }).toEqual({ status: 0, value: before.trim(), calls: [] });
      },
    );

    it.each([null, '', '\n', 'not a number\n', '-5\n', '1 2\n'])(
      'leaves a value alone that it cannot read: %j',
      (before) => {
        const { status, output, calls } = run(shell, before, WRITES);
        expect({ status, calls }).toEqual({ status: 0, calls: [] });
        expect(output).toBe('max-map-count: vm.max_map_count cannot be read, so it is left alone\n');
      },
    );

    it.each([0, 1, 255])('fails in one plain line when the write is refused with exit code %i', (code) => {
      const { status, output, value } = run(shell, '65530\n', `echo "sysctl: permission denied" >&2; exit ${code}`);
      expect({ status, value }).toEqual({ status: 1, value: '65530' });
      expect(output).toBe(
        'max-map-count: vm.max_map_count is still 65530, 262144 is needed: the node refused the write\n',
      );
    });

    it('fails when there is no sysctl at all', () => {
      const { status, output } = run(shell, '65530\n', 'exit 127');
      expect(status).toBe(1);
      expect(output.trim().split('\n')).toHaveLength(1);
    });

    it('is content when another pod raised the value further at the same moment', () => {
      expect(run(shell, '65530\n', 'echo 1048576 >FILE; exit 1')).toMatchObject({ status: 0, value: '1048576' });
    });
  });
});

it('differs between two values only in the number, and holds nothing that the kubelet would expand', () => {
  expect(raiseScript(524_288).replaceAll('524288', '262144')).toBe(raiseScript(262_144));
  expect(raiseScript(NEED)).not.toMatch(/\$\(/);
});

it('is plain POSIX shell', () => {
  execFileSync('sh', ['-n', '-c', raiseScript(NEED)]);
});
