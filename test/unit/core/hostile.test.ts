// Pods made to stall the webhook: judging one costs about what decoding its JSON costs, twice as much of it about twice as
// much, and nothing that an author writes is a fault of ours.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { LIMITS } from '../../../src/core/limits.ts';
import { review } from '../../../src/core/review.ts';
import { settingsOf } from '../../support/cases.ts';

const settings = settingsOf('');
const KIND = { group: '', version: 'v1', kind: 'Pod' };
const MEBIBYTE = 1_048_576;

function reviewOf(spec: object, metadata: object = {}): string {
  const request = { uid: 'u', kind: KIND, operation: 'CREATE', object: { metadata, spec } };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
}

/** CPU milliseconds, the best of three. */
function cpu(work: () => unknown): number {
  const times = [1, 2, 3].map(() => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

function judge(json: string, path: 'init-container' | 'node-affinity' = 'init-container') {
  const outcome = review(JSON.parse(json), path, settings);
  expect(outcome.ok && outcome.fault).toBeUndefined();
  expect(outcome.ok && outcome.answer.response.allowed).toBe(true);
  return outcome.ok ? outcome.decision : undefined;
}

const server = { name: 'elasticsearch', image: 'elasticsearch:8.19.0' };
const times = (count: number, make: (index: number) => unknown) =>
  Array.from({ length: count }, (_, index) => make(index));

const asks = (values: unknown[]) => ({
  matchExpressions: [{ key: 'max-map-count.io/value', operator: 'In', values }],
});
const required = (nodeSelectorTerms: unknown[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
});

// What is repeated, the bytes of one, and the pod that holds so many of it. All of them run a server, since a pod that has
// nothing to do with one is done sooner.
const SHAPES: Readonly<Record<string, readonly [bytes: number, pod: (count: number) => readonly [object, object?]]>> = {
  'containers of the server': [
    60,
    (count) => [{ containers: times(count, (index) => ({ ...server, name: `e${index}` })) }],
  ],
  'values of an affinity term': [
    9,
    (count) => [
      { containers: [server], affinity: required([asks(times(count, (index) => `${300_000 + (index % 9)}`))]) },
    ],
  ],
  'affinity terms': [
    90,
    (count) => [{ containers: [server], affinity: required(times(count, () => asks(['262144']))) }],
  ],
  'empty containers': [3, (count) => [{ containers: [server, ...times(count, () => ({}))] }]],
  'init containers': [
    60,
    (count) => [{ containers: [server], initContainers: times(count, () => ({ ...server, restartPolicy: 'Always' })) }],
  ],
  variables: [
    48,
    (count) => [
      { containers: [{ ...server, env: times(count, (index) => ({ name: `ES_JAVA_OPTS`, value: `${index}` })) }] },
    ],
  ],
  'different variables': [
    48,
    (count) => [
      { containers: [{ ...server, env: times(count, (index) => ({ name: `A_ES_${index}_URL`, value: 'x' })) }] },
    ],
  ],
  'a long name of a variable': [
    2,
    (count) => [{ containers: [{ ...server, env: [{ name: 'A_'.repeat(count), value: 'x' }] }] }],
  ],
  'a long value': [
    3,
    (count) => [{ containers: [{ ...server, env: [{ name: 'ES_JAVA_OPTS', value: '-D,'.repeat(count) }] }] }],
  ],
  mounts: [
    45,
    (count) => [
      {
        containers: [
          { ...server, volumeMounts: times(count, () => ({ name: 'd', mountPath: '/usr/share/elasticsearch' })) },
        ],
      },
    ],
  ],
  'a long mount path': [
    1,
    (count) => [{ containers: [{ ...server, volumeMounts: [{ name: 'd', mountPath: '/'.repeat(count) }] }] }],
  ],
  ports: [25, (count) => [{ containers: [{ ...server, ports: times(count, () => ({ containerPort: 9200 })) }] }]],
  'a long image': [2, (count) => [{ containers: [server, { name: 'x', image: 'a/'.repeat(count) }] }]],
  'a long image of dashes': [1, (count) => [{ containers: [server, { name: 'x', image: `a${'-'.repeat(count)}` }] }]],
  'a long container name': [13, (count) => [{ containers: [{ ...server, name: 'elasticsearch'.repeat(count) }] }]],
  'words of a command': [6, (count) => [{ containers: [{ ...server, args: times(count, () => '-E') }] }]],
  'options in one word': [
    4,
    (count) => [{ containers: [{ ...server, args: [`sonar.search.javaOpts=${'-Da '.repeat(count)}`] }] }],
  ],
  'a long annotation': [
    1,
    (count) => [{ containers: [server] }, { annotations: { 'max-map-count.io/inject': 'f'.repeat(count) } }],
  ],
  annotations: [
    20,
    (count) => [
      { containers: [server] },
      { annotations: Object.fromEntries(times(count, (index) => [`a${index}`, 'b']) as [string, string][]) },
    ],
  ],
  labels: [
    20,
    (count) => [
      { containers: [server] },
      { labels: Object.fromEntries(times(count, (index) => [`a${index}`, 'b']) as [string, string][]) },
    ],
  ],
  owners: [15, (count) => [{ containers: [server] }, { ownerReferences: times(count, () => ({ kind: 'X' })) }]],
};

/** CPU milliseconds of judging alone; the judge changes nothing, so that one object serves. */
function judging(json: string): number {
  const body: unknown = JSON.parse(json);
  return cpu(() => review(body, 'init-container', settings));
}

describe.each(Object.entries(SHAPES))('%s', (_name, [bytes, pod]) => {
  const jsonOf = (size: number) => reviewOf(...pod(Math.ceil(size / bytes)));

  it('of 3 MiB cost at most three times what their JSON costs, without a fault', () => {
    const json = jsonOf(3 * MEBIBYTE);
    for (const path of ['init-container', 'node-affinity'] as const) judge(json, path);
    expect(judging(json)).toBeLessThan(3 * cpu(() => JSON.parse(json)) + 150);
  });

  it('take linear time', () => {
    expect(judging(jsonOf(2 * MEBIBYTE))).toBeLessThan(2.5 * judging(jsonOf(MEBIBYTE)) + 100);
  });
});

it('lists inside lists, 100,000 deep, are no fault', () => {
  const json = reviewOf({ containers: [server], affinity: 'DEEP' });
  expect(judge(json.replace('"DEEP"', `${'['.repeat(100_000)}${']'.repeat(100_000)}`))?.reason).toBe('injected');
});

describe('what lies beyond a limit', () => {
  const reasonOf = (spec: object) => judge(reviewOf(spec));

  it('is not seen, and one warning says so', () => {
    const many = times(LIMITS.containers.most, (index) => ({ name: `c${index}`, image: 'nginx' }));
    expect(reasonOf({ containers: [...many.slice(1), server] })?.reason).toBe('injected');
    const beyond = reasonOf({ containers: [...many, server] });
    expect(beyond?.reason).toBe('not-matched');
    expect(beyond?.warnings).toEqual([expect.stringContaining('was not considered')]);
  });

  it('is said once on a pod that is patched, too', () => {
    const env = times(LIMITS.entries.most + 1, () => ({ name: 'discovery.type', value: 'zen' }));
    const setting = { name: 'node.store.allow_mmap', value: 'false' };
    expect(reasonOf({ containers: [{ ...server, env: [setting] }] })?.reason).toBe('not-required');
    const cut = reasonOf({ containers: [{ ...server, env: [...env, setting] }] });
    expect(cut?.reason).toBe('injected');
    expect(cut?.warnings.filter((warning) => warning.includes('was not considered'))).toHaveLength(1);
  });
});

it('is judged without a fault, whatever is mixed', () => {
  const token = fc.constantFrom(
    'elasticsearch',
    '/',
    ':',
    '@sha256:',
    '-',
    'max_map_count',
    '',
    '\u0000',
    '\u{1f600}',
    '__proto__',
    '9200',
    '$(',
  );
  const text = fc.array(token, { maxLength: 8 }).map((tokens) => tokens.join(''));
  const json = fc.jsonValue({ maxDepth: 3 });
  const list = (entry: fc.Arbitrary<unknown>) => fc.oneof(json, fc.array(fc.oneof(entry, json), { maxLength: 4 }));
  const container = fc.record(
    {
      name: fc.oneof(text, json),
      image: fc.oneof(text, json),
      command: list(text),
      args: list(text),
      env: list(fc.record({ name: text, value: text })),
      ports: list(fc.record({ containerPort: fc.integer() })),
      volumeMounts: list(fc.record({ mountPath: text })),
      securityContext: json,
      resources: json,
    },
    { requiredKeys: [] },
  );
  const labels = fc.dictionary(
    fc.constantFrom('common.k8s.elastic.co/type', 'app.kubernetes.io/name', '__proto__'),
    text,
  );
  fc.assert(
    fc.property(list(container), list(container), labels, json, (containers, initContainers, marks, affinity) => {
      const spec = { containers: [server, ...(Array.isArray(containers) ? containers : [])], initContainers, affinity };
      for (const path of ['init-container', 'node-affinity'] as const)
        judge(reviewOf(spec as unknown as JsonObject, { labels: marks, annotations: marks }), path);
    }),
    { numRuns: 500 },
  );
});
