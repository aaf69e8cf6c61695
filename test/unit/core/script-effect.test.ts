// What a command line does about vm.max_map_count. "Enough" must be true in a real shell, whatever stands around it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { effectOf } from '../../../src/core/script-effect.ts';
import { hasShell } from '../../support/shells.ts';

const NEED = 262_144;
const FILE = '/proc/sys/vm/max_map_count';
const POD = { WANTED: '262144', LOW: '65530' };

function effect(words: readonly string[], options: { mayWrite?: boolean; need?: number; isServer?: boolean } = {}) {
  const { mayWrite = true, need = NEED, isServer = false } = options;
  const startsServer = (command: readonly string[]) => isServer && command.includes('elasticsearch');
  return effectOf(words, { need, mayWrite, variables: new Map(Object.entries(POD)), startsServer });
}

const leaves = (script: string) => effect(['sh', '-c', script]).leaves;
const WRITE = `sysctl -w vm.max_map_count=${NEED}`;
const READ = '$(sysctl -n vm.max_map_count)';

// Shapes of public charts and documents, and their spellings.
const ENOUGH = [
  WRITE,
  `/sbin/sysctl vm/max_map_count=${NEED}`,
  'sysctl -q -w vm.swappiness=1 "vm.max_map_count=300000" kernel.x=$Y',
  `sysctl -w vm.max_map_count=65530; ${WRITE}`,
  `sysctl -w 'vm.max_map_count=${NEED}' >/dev/null 2>&1 || true`,
  `echo ${NEED} > ${FILE}`,
  `printf '%s\\n' ${NEED} >> ${FILE}`,
  `echo -n ${NEED} | tee ${FILE}`,
  `nsenter -t 1 -m -- ${WRITE}`,
  `exec ${WRITE}`,
  `${WRITE} | cat`,
  `if ! ${WRITE}; then echo failed; exit 1; fi`,
  'sysctl -w vm.max_map_count=$WANTED',
  'V=300000\nsysctl -w vm.max_map_count="${V}"',
  'export V=300000; sysctl -w vm.max_map_count=$V',
  `chown -R 1000:1000 /data && ${WRITE}`,
  `set -ex\nfor i in a b; do mkdir -p $i; done\nif [ -d /x ]; then echo x; elif [ -f /y ]; then echo y; else echo z; fi\n${WRITE}`,
  `set -o pipefail; ${WRITE} && swapoff -a`,
  `CURRENT=\`sysctl -n vm.max_map_count\`;\nDESIRED="${NEED}";\nif [ "$DESIRED" -gt "$CURRENT" ]; then\n  ${WRITE};\nfi;\nDESIRED="1"`,
  `if [[ "$(sysctl vm.max_map_count --values)" -lt ${NEED} ]]; then ${WRITE}; fi`,
  `if [ "${READ}" -ge ${NEED} ]; then echo enough; else ${WRITE}; fi`,
  `if [ $(cat ${FILE} 2>/dev/null) -ge ${NEED} ]; then exit 0; fi; ${WRITE}`,
  `if test ${NEED} -le $(< ${FILE}); then exit 0; else ${WRITE}; fi`,
  `[ ${READ} -ge ${NEED} ] || ${WRITE}`,
  `[ ${READ} -lt ${NEED} ] && ${WRITE}`,
  `[ ${READ} -ge ${NEED} ] && exit\n${WRITE}`,
  `! [ ${READ} -lt ${NEED} ] || { echo raising; ${WRITE}; }`,
  `N=$(sysctl vm.max_map_count | awk '{print $3}'); [ $N -gt ${NEED} ] || ${WRITE}`,
  `until [ "$(cat ${FILE})" -ge ${NEED} ]; do sleep 1; done`,
  `while [ "$(cat ${FILE})" -lt ${NEED} ]; do echo wait; sleep 1; done; echo ok`,
  `while true; do N=$(cat ${FILE}); if [ $N -eq ${NEED} ]; then exit 0; fi; sleep 1; done`,
  `while :; do [ ${READ} -ge ${NEED} ] && break; sleep 1; done`,
];

// Everything that only looks so.
const DOUBT = [
  `if [ "$RAISE" = true ]; then ${WRITE}; fi`,
  `[ "$RAISE" = true ] && ${WRITE}`,
  `command -v sysctl && ${WRITE}`,
  `chown x /data && ${WRITE}; true`,
  `false || ${WRITE}`,
  'sysctl -w vm.max_map_count=$((64 * 1024 * 8))',
  'sysctl -w vm.max_map_count=$(cat /etc/value)',
  'sysctl -w vm.max_map_count=${V:-262144}',
  'sysctl -w vm.max_map_count=2e6',
  // As helm prints large numbers.
  'sysctl -w vm.max_map_count=1.048575e+06',
  'sysctl -w vm.max_map_count=0262144',
  'sysctl -w vm.max_map_count=99999999999',
  'V=1; read V </etc/v; sysctl -w vm.max_map_count=$V',
  'WANTED=$OTHER; sysctl -w vm.max_map_count=$WANTED',
  'if [ -n "$BIG" ]; then V=300000; fi; sysctl -w vm.max_map_count=$V',
  '[ -n "$BIG" ] && V=300000; sysctl -w vm.max_map_count=$V',
  'while [ -n "$BIG" ]; do sysctl -w vm.max_map_count=$WANTED; done',
  `${WRITE}; sysctl -w vm.max_map_count=65530`,
  `${WRITE}; sysctl -p`,
  `${WRITE}; X=$(sysctl -w vm.max_map_count=1)`,
  `${WRITE}; cp /x ${FILE}`,
  `${WRITE}; sh -c 'sysctl -w vm.max_map_count=1'`,
  `${WRITE} &`,
  `exit 0; ${WRITE}`,
  `if [ -f /done ]; then exit; fi; ${WRITE}`,
  `raise() { ${WRITE}; }; raise`,
  `cat <<EOF\n${WRITE}\nEOF`,
  `eval "$X"; ${WRITE}`,
  `. /env.sh; ${WRITE}`,
  `$X; ${WRITE}`,
  `trap 'exit 0' EXIT; ${WRITE}`,
  `set -n; ${WRITE}`,
  `su elasticsearch -c '${WRITE}'`,
  `KEY=vm.max_map_count; sysctl -w $KEY=${NEED}`,
  `case x in x) ${WRITE};; esac`,
  `echo ${NEED} > /host${FILE}`,
  `cat /value | tee ${FILE}`,
  `tee ${FILE} </value`,
  `echo lots > ${FILE}`,
  `> ${FILE}`,
  `nohup > ${FILE}`,
  `sysctl -w kernel/vm.max_map_count=${NEED}`,
  `if [ ${READ} -lt 100000 ]; then ${WRITE}; fi`,
  `if [ ${READ} -lt ${NEED} ]; then echo too low; fi; exit 0; ${WRITE}`,
  `while [ ${READ} -lt ${NEED} ]; do [ "$N" = 60 ] && break; sleep 1; done`,
  `timeout 60 sh -c 'until [ ${READ} -ge ${NEED} ]; do sleep 1; done'; true`,
  `${WRITE}\r`,
  `${WRITE}; break 2`,
  `if ${WRITE}; then echo x`,
  `sysctl --dry-run -w vm.max_map_count=${NEED}`,
  `[ 1000 -lt ${READ} ] || [ ${READ} -lt ${NEED} ] | { ${WRITE}; }`,
  `[ ${READ} -ge ${NEED} ] && exit 0 | { ${WRITE}; }`,
  `cp /a /b || echo x | { ${WRITE}; }`,
  `until [ ${READ} -ge ${NEED} ]; do echo waiting; sleep 1; done | true`,
  `{ echo raising; ${WRITE}; } | true`,
  `echo "`,
];

// They have nothing to do with it: the value is as before.
const NONE = [
  `# ${WRITE}`,
  `echo ${WRITE}`,
  `echo "vm.max_map_count must be ${NEED}"`,
  'sysctl -n vm.max_map_count; ulimit -a',
  'sysctl -a | grep max_map_count',
  '# needs vm.max_map_count 262144\nuntil nc -z db 5432; do sleep 1; done',
  `[ ${READ} -ge ${NEED} ] || exit 1`,
  `echo ${NEED} 2> ${FILE}`,
];

describe('a script that', () => {
  it.each(ENOUGH)('surely raises: %s', (script) => expect(leaves(script)).toBe('enough'));
  it.each(DOUBT)('may not raise: %s', (script) => expect(leaves(script)).toBe('doubt'));
  it.each(NONE)('does nothing: %s', (script) => expect(leaves(script)).toBe('none'));
});

describe('a command line', () => {
  it.each([
    [['sysctl', '-w', 'vm.max_map_count=262144'], 'enough', 262_144],
    [['sysctl', '-w', 'vm.max_map_count=$WANTED'], 'doubt', undefined],
    [['sysctl', '-w', 'vm.max_map_count=65530'], 'doubt', 65_530],
    [['sysctl', '-w', 'fs.file-max=65536'], 'none', undefined],
    [['sh', '-c', 'sysctl', '-w', 'vm.max_map_count=262144'], 'none', undefined],
  ])('%j: %s', (words, expected, written) => {
    expect(effect(words)).toMatchObject({ leaves: expected, written });
  });

  it('that must not write changes nothing, but may wait', () => {
    expect(effect(['sh', '-c', WRITE], { mayWrite: false })).toMatchObject({ leaves: 'none', written: NEED });
    const waiter = `until [ ${READ} -ge ${NEED} ]; do sleep 1; done`;
    expect(effect(['sh', '-c', waiter], { mayWrite: false })).toMatchObject({ leaves: 'enough', compared: NEED });
  });

  it('is judged by the value that is needed', () => {
    expect(effect(['sh', '-c', WRITE], { need: 524_288 })).toMatchObject({ leaves: 'doubt', written: NEED });
  });

  it('of the server itself raises before the server starts', () => {
    const server = (script: string) => effect(['sh', '-c', script], { isServer: true }).leaves;
    expect(server(`${WRITE}; exec su x elasticsearch`)).toBe('enough');
    expect(server(`ulimit -l unlimited && ${WRITE} && exec elasticsearch`)).toBe('enough');
    expect(server(`elasticsearch; ${WRITE}`)).toBe('doubt');
    expect(server(`chown x /data && ${WRITE}; elasticsearch`)).toBe('doubt');
  });
});

// Scripts grown at random around the shapes above. The real shell gets a file in the place of the kernel's, and programs
// called sysctl and sleep; sleep ends a loop that waits for ever.
const test = fc
  .tuple(fc.constantFrom('-lt', '-le', '-ge', '-gt', '-eq', '-ne', '=', '!='), fc.constantFrom('262144', '$V', '1000'))
  .chain(([operator, bound]) =>
    fc.constantFrom(
      `[ "$(cat ${FILE})" ${operator} ${bound} ]`,
      `[ ${bound} ${operator} $(sysctl -n vm.max_map_count) ]`,
      `[ "$C" ${operator} ${bound} ]`,
      `! [ "$C" ${operator} ${bound} ]`,
    ),
  );
const atom = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(WRITE, `echo ${NEED} > ${FILE}`, 'sysctl -w vm.max_map_count=$V') },
  { weight: 2, arbitrary: test },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...['echo x', 'true', 'false', 'exit 0', 'exit', 'exit 1', 'break', 'V=262144', 'V=1000', 'unset V', 'set -e'],
      ...[`C=$(cat ${FILE})`, 'export V=262144', '[ -n "$U" ]', '[ -z "$U" ]', 'read V </dev/null', 'sleep 1'],
      ...['sysctl -w vm.max_map_count=65530', 'echo 65530 | tee /proc/sys/vm/max_map_count', '# x', 'V=$((V + 1))'],
    ),
  },
);
const { script } = fc.letrec<{ script: string }>((tie) => {
  const part = tie('script');
  const two = (join: (a: string, b: string) => string) => fc.tuple(part, part).map(([a, b]) => join(a, b));
  const three = (join: (a: string, b: string, c: string) => string) =>
    fc.tuple(part, part, part).map(([a, b, c]) => join(a, b, c));
  return {
    script: fc.oneof(
      { maxDepth: 4 },
      atom,
      two((a, b) => `${a}\n${b}`),
      two((a, b) => `${a}\n${b}`),
      two((a, b) => `${a} && ${b}`),
      two((a, b) => `${a} || ${b}`),
      two((a, b) => `${a} | ${b}`),
      two((a, b) => `if ${a}\nthen ${b}\nfi`),
      fc.tuple(test, part).map(([a, b]) => `if ${a}; then ${b}\nfi`),
      three((a, b, c) => `if ${a}\nthen ${b}\nelse ${c}\nfi`),
      three((a, b, c) => `if ${a}\nthen ${b}\nelif ${c}\nthen ${b}\nfi`),
      two((a, b) => `while ${a}\ndo ${b}\nsleep 1\ndone`),
      fc.tuple(test, part).map(([a, b]) => `until ${a}; do ${b}\nsleep 1\ndone`),
      part.map((a) => `for V in 1 2; do ${a}\ndone`),
      part.map((a) => `{ ${a}\n}`),
      part.map((a) => `( ${a}\n)`),
      part.map((a) => `f() { ${a}\n}\nf`),
      part.map((a) => `cat <<EOF\n${a}\nEOF`),
      part.map((a) => `case x in x) ${a}\n;; esac`),
      part.map((a) => `sh -c '${a}'`),
      part.map((a) => `eval '${a}'`),
    ),
  };
});

const directory = mkdtempSync(join(tmpdir(), 'max-map-count-effect-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'value');
const PROGRAMS = {
  // The kernel takes no other word than a number, and keeps the value then.
  sysctl: `case $1\${2#*=} in -n*) cat ${file};; -w | -w*[!0-9]*) exit 255;; -w*) echo "\${2#*=}" >${file};; esac`,
  sleep: `echo x >>${file}.sleeps; [ $(wc -l <${file}.sleeps) -lt 4 ] || kill -9 $PPID`,
};
for (const [name, text] of Object.entries(PROGRAMS))
  writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

/** The value after the script in a real shell, or undefined when it failed, so that the pod would not start. */
function valueAfter(shell: string, text: string, before: number): number | undefined {
  writeFileSync(file, `${before}\n`);
  writeFileSync(`${file}.sleeps`, '');
  const env = { ...POD, PATH: `${directory}:/usr/bin:/bin` };
  // In a folder of its own: scripts make folders.
  const options = { cwd: directory, env, stdio: 'ignore', timeout: 500 } as const;
  const { status } = spawnSync(shell, ['-c', text.replaceAll(FILE, file)], options);
  return status === 0 ? Number(readFileSync(file, 'utf8')) : undefined;
}

describe.each(['dash', 'bash'])('under %s', (shell) => {
  const isInstalled = hasShell(shell, [shell], 'a script');

  it.skipIf(!isInstalled)(
    'what surely raises does',
    () => {
      let proven = 0;
      let ended = 0;
      fc.assert(
        fc.property(script, fc.constantFrom(65_530, NEED, 1_048_576), (text, before) => {
          if (proven >= 100 || leaves(text) !== 'enough' || !text.includes('\n')) return;
          proven += 1;
          const after = valueAfter(shell, text, before);
          ended += after === undefined ? 0 : 1;
          if (after !== undefined) expect(after, text).toBeGreaterThanOrEqual(NEED);
        }),
        { numRuns: 40_000 },
      );
      expect(proven).toBe(100);
      expect(ended).toBeGreaterThan(50);
    },
    120_000,
  );

  it
    .skipIf(!isInstalled)
    .each(
      ENOUGH.filter((text) => !/nsenter|\/sbin|kernel\.x|\[\[|until|while|printf|--values|awk|< \/proc/.test(text)),
    )('in particular %s', (text) => {
    for (const before of [65_530, NEED]) {
      const after = valueAfter(shell, text.replace('chown -R 1000:1000 /data', 'true'), before);
      if (after !== undefined) expect(after).toBeGreaterThanOrEqual(NEED);
      else expect(text).toMatch(/swapoff|-lt 262144 \] &&/);
    }
  });
});
