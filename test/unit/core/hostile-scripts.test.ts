// Commands and scripts made to stall the webhook: reading them costs about what decoding their JSON costs, and no fault.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalogueOf } from '../../../src/core/catalogue.ts';
import { LIMITS } from '../../../src/core/limits.ts';
import { review } from '../../../src/core/review.ts';
import { wordsRun } from '../../../src/core/runs.ts';
import { effectOf } from '../../../src/core/script-effect.ts';
import { settingsOf } from '../../support/cases.ts';

const settings = settingsOf('');
const KIND = { group: '', version: 'v1', kind: 'Pod' };

function reviewOf(container: object): string {
  const initContainers = [{ name: 'sysctl', image: 'busybox', securityContext: { privileged: true }, ...container }];
  const spec = { initContainers, containers: [{ name: 'elasticsearch', image: 'elasticsearch:8.19.0', ...container }] };
  const request = { uid: 'u', kind: KIND, operation: 'CREATE', object: { metadata: {}, spec } };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
}

/** CPU milliseconds, the better of two. */
function cpu(work: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

function judge(json: string) {
  const outcome = review(JSON.parse(json), 'init-container', settings);
  expect(outcome.ok && outcome.decision.reason).not.toBe('internal-error');
  return outcome;
}

// What a shell, its arguments and our reader know.
const TOKENS = [
  ...[
    'a;',
    'A=',
    'A=$A$A;',
    '{ ',
    '( ',
    '`',
    '"',
    "'",
    '\\',
    '$(',
    '${a-',
    '$((',
    '"$(',
    '<<E\n',
    '>a ',
    'a|',
    'a&&',
    '!',
  ],
  ...['if a;then ', 'while a;do ', 'case a in a)', 'f(){ ', 'sh -c ', "sh -c 'a", 'exec ', '. ', 'eval ', 'env A=b '],
  ...['#', '\n', ' ', ';;', 'fi;', 'done;', '}', ')', '[ $(cat /proc/sys/vm/max_map_count) -lt 1 ] && '],
  ...[
    'sysctl -w vm.max_map_count=',
    'vm.max_map_count=1 ',
    'max_map_count',
    '-c',
    'ccc',
    '--',
    '$(A)',
    '$$',
    '${A}',
    '1',
  ],
] as const;

// Above the limits nothing is read, below them everything is: both must be cheap, the latter for its size.
const MEBIBYTE = 1_048_576;
const CONSTANT = 400;

it.each(['a;', 'A=$A$A;', '"', 'ccc', '-c', '--', '$(A)'])('3 MiB of %j cost about what their JSON costs', (token) => {
  const text = token.repeat(Math.ceil((3 * MEBIBYTE) / token.length));
  const words = Array<string>(Math.ceil(MEBIBYTE / (token.length + 3))).fill(token);
  for (const container of [{ command: ['sh', '-c', text] }, { command: words }]) {
    const json = reviewOf(container);
    const decoding = cpu(() => JSON.parse(json));
    expect(cpu(() => judge(json))).toBeLessThan(4 * decoding + CONSTANT);
  }
});

describe('a script', () => {
  const catalogue = catalogueOf();
  const reading = { need: 262_144, mayWrite: true, variables: new Map(), startsServer: () => false };
  const timeOf = (token: string, length: number) => {
    const words = ['sh', '-c', `${token.repeat(Math.floor(length / token.length))} max_map_count`];
    return cpu(() => [effectOf(words, reading), wordsRun(words, catalogue)]);
  };

  beforeAll(() => void timeOf('a;', 16_384));

  it.each(TOKENS)('of %j takes linear time', (token) => {
    // Four times the text: four times the time when linear, sixteen times when quadratic.
    const quarter = timeOf(token, 8_192);
    expect(timeOf(token, 32_768)).toBeLessThan(8 * quarter + 50);
  });

  it('of any mixture is judged without a fault', () => {
    const text = fc.array(fc.constantFrom(...TOKENS), { maxLength: 60 }).map((tokens) => tokens.join(''));
    fc.assert(
      fc.property(
        text,
        fc.array(fc.constantFrom(...TOKENS), { maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        (one, words, times) => {
          judge(reviewOf({ command: ['sh', '-c', one.repeat(times)], args: words }));
          judge(reviewOf({ command: [...words, one], env: [{ name: 'A', value: one.repeat(times) }] }));
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);
});

it('a value that grows without bound is not worked out', () => {
  const script = `A=aaaaaaaa;${'A=$A$A;'.repeat(24)}sysctl -w vm.max_map_count=$A`;
  const json = reviewOf({ command: ['sh', '-c', script] });
  expect(cpu(() => judge(json))).toBeLessThan(CONSTANT);
});

it('what lies beyond a limit proves nothing and is no fault', () => {
  const write = 'sysctl -w vm.max_map_count=262144';
  const reasonOf = (container: object) => {
    const outcome = judge(reviewOf({ ...container, securityContext: { privileged: true, runAsUser: 0 } }));
    return outcome.ok && outcome.decision.reason;
  };
  const initOnly = (script: string) => reasonOf({ command: ['sh', '-c', script], image: 'elasticsearch:8.19.0' });
  expect(initOnly(`${write}\nexec docker-entrypoint.sh`)).toBe('already-handled');
  expect(initOnly(`${write}\n#${'x'.repeat(LIMITS.commandLength.most)}\nexec docker-entrypoint.sh`)).toBe('injected');
  const deep = `${'{ '.repeat(LIMITS.scriptDepth.most + 1)}${write}${'; }'.repeat(LIMITS.scriptDepth.most + 1)}`;
  expect(initOnly(`${deep}\nexec docker-entrypoint.sh`)).toBe('injected');
});
