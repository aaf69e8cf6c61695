import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReviewPath, review } from '../../../src/core/review.ts';
import type { Settings } from '../../../src/core/settings.ts';
import { judge } from '../../../src/core/verdict.ts';
import { decodeBody } from '../../../src/server/decode.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../src/server/limits.ts';
import { createTemplateMemory } from '../../../src/server/template-memory.ts';
import { caseNames, readCase, settingsOf } from '../../support/cases.ts';
import { createdPod } from '../../support/created-pod.ts';
import { likelyPod } from '../../support/likely-pods.ts';
import { elasticsearchPod, nginxPod, podReview } from '../../support/reviews.ts';

const SETTINGS = settingsOf('');

/** A memory, and how many pods were really judged for it. */
function memory(settings: Settings = SETTINGS, limits: Partial<Limits> = {}) {
  let judged = 0;
  const counting: typeof judge = (...args) => {
    judged += 1;
    return judge(...args);
  };
  const made = createTemplateMemory(settings, { ...DEFAULT_LIMITS, ...limits }, counting);
  return { ...made, judged: () => judged };
}

function whole(bytes: Buffer, path: ReviewPath, settings = SETTINGS) {
  const body = decodeBody(bytes, DEFAULT_LIMITS);
  return body.ok ? review(body.value, path, settings) : undefined;
}

/** What an API server sends: a pod with its status, and the token of its ServiceAccount on a volume of its own. */
function sent(pod: object, letters = 'bcd24', request: object = {}): Buffer {
  const { metadata, spec, ...rest } = structuredClone(pod) as { metadata?: object; spec: Record<string, unknown> };
  const name = `kube-api-access-${letters}`;
  const list = (value: unknown) => (Array.isArray(value) ? value : []);
  const mount = { name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  const volumes = [...list(spec.volumes), { name, projected: { defaultMode: 420, sources: [] } }];
  const containers = list(spec.containers).map((each) => {
    return { ...each, volumeMounts: [...list(each.volumeMounts), mount] };
  });
  const object = { ...rest, metadata, spec: { ...spec, volumes, containers }, status: {} };
  return Buffer.from(JSON.stringify(podReview(object, request)));
}

describe('every pod of the corpus', () => {
  it.each(caseNames)('%s: gets from its template what it gets by itself', (name) => {
    const known = readCase(name);
    const { settings, strategy } = known;
    const pod = createdPod(known);
    const bytes = ['bcd24', 'xz567', 'vvvvv'].map((letters, index) => {
      return sent(pod, letters, { uid: `uid-${index}`, name: `name-${index}`, dryRun: index === 2 });
    });
    const one = memory(settings);
    const [first, ...others] = bytes.map((each) => one.review(each, strategy));
    expect([first, one.judged(), one.recalled()]).toEqual([undefined, 1, 1]);
    expect(others).toEqual(bytes.slice(1).map((each) => whole(each, strategy, settings)));
  });
});

describe('pods of one template', () => {
  const { spec } = elasticsearchPod;
  const ofReplica = (index: number, more: object = {}) => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `es-${index}`, uid: `${index}` }];
    return {
      metadata: { name: `es-${index}`, uid: `u${index}`, labels: { app: 'es' }, ownerReferences, ...more },
      spec,
    };
  };

  /** A memory that has seen the spec of the pods. */
  const warm = (limits: Partial<Limits> = {}) => {
    const one = memory(SETTINGS, limits);
    expect(one.review(sent(ofReplica(0)), 'init-container')).toBeUndefined();
    return one;
  };

  it('are judged once from the second on, whatever else is different', () => {
    const one = warm();
    for (const index of [1, 2, 3]) {
      const bytes = sent(ofReplica(index, { managedFields: [{ time: `${index}` }] }), `bbbb${index + 3}`, {
        namespace: `n${index}`,
        uid: `uid-${index}`,
      });
      const outcome = one.review(bytes, 'init-container');
      expect(outcome).toMatchObject({ ok: true, decision: { decision: 'patch' }, request: { uid: `uid-${index}` } });
      expect(outcome).toEqual(whole(bytes, 'init-container'));
    }
    expect([one.judged(), one.recalled()]).toEqual([1, 2]);
  });

  it.each([
    ['another label', ofReplica(1, { labels: { app: 'other' } })],
    ['an annotation', ofReplica(1, { annotations: { 'max-map-count.io/inject': 'false' } })],
    ['another owner', ofReplica(1, { ownerReferences: [{ kind: 'Job', name: 'es-1' }] })],
    ['no metadata', { spec }],
  ])('are judged again with %s', (_, pod) => {
    const one = warm();
    one.review(sent(ofReplica(1)), 'init-container');
    expect(one.review(sent(pod), 'init-container')).toEqual(whole(sent(pod), 'init-container'));
    expect([one.judged(), one.recalled()]).toEqual([2, 0]);
  });

  it.each([
    ['another image', { ...ofReplica(1), spec: nginxPod.spec }],
    ['a volume that is no token', { ...ofReplica(1), spec: { ...spec, volumes: [{ name: 'kube-api-access-aeiou' }] } }],
  ])('are of another template with %s', (_, pod) => {
    expect(warm().review(sent(pod), 'init-container')).toBeUndefined();
  });

  it('are judged again for another path', () => {
    const one = warm();
    for (const path of ['init-container', 'node-affinity', 'none'] as const)
      expect(one.review(sent(ofReplica(1)), path)).toEqual(whole(sent(ofReplica(1)), path));
    expect(one.judged()).toBe(3);
  });

  it('are judged again after a fault', () => {
    let faults = 1;
    const made = createTemplateMemory(SETTINGS, DEFAULT_LIMITS, (...args) => {
      faults -= 1;
      if (faults >= 0) throw new Error('a fault');
      return judge(...args);
    });
    const reasons = [1, 2, 3, 4].map(() => {
      const outcome = made.review(sent(ofReplica(1)), 'init-container');
      return outcome?.ok && outcome.decision.reason;
    });
    expect(reasons).toEqual([undefined, 'internal-error', 'injected', 'injected']);
    expect(made.recalled()).toBe(1);
  });

  // Whoever writes a spec can make one with the checksum of another.
  it('are told apart from those of a spec with the same checksum', () => {
    const [some, other] = ['1ebjf6r', 'a9spz4b'];
    expect(crc32(some)).toBe(crc32(other));
    const made = (hostname: string, image: string) =>
      sent({ ...ofReplica(1), spec: { hostname, containers: [{ name: 'main', image }] } });
    const one = memory();
    const both = [made(some, 'elasticsearch:8.19.0'), made(other, 'elasticsearch:8.19.0')] as const;
    expect(one.review(both[0], 'init-container')).toBeUndefined();
    for (const which of [0, 1, 1, 0] as const)
      expect(one.review(both[which], 'init-container')).toEqual(whole(both[which], 'init-container'));
    expect([one.judged(), one.recalled()]).toEqual([3, 1]);
  });

  it('are forgotten when others need the room, but not those that are asked for again and again', () => {
    const one = warm({ templateBytes: 16_384 });
    const often = sent(ofReplica(1));
    const other = (index: number) => sent({ ...nginxPod, metadata: { labels: { app: `${index}` } } });
    one.review(other(0), 'init-container');
    for (let index = 0; index < 100; index += 1) {
      one.review(other(index), 'init-container');
      one.review(often, 'init-container');
    }
    expect([one.judged(), one.recalled()]).toEqual([101, 99]);
    one.review(other(0), 'init-container');
    expect(one.judged()).toBe(102);
  });
});

describe('what is left to whoever decodes the body as a whole', () => {
  const text = sent(elasticsearchPod).toString();
  it.each([
    ['a large body', sent({ ...elasticsearchPod, metadata: { annotations: { a: 'x'.repeat(200_000) } } }).toString()],
    ['a pod without a status', text.replace(',"status":{}', '')],
    ['a status before the spec', JSON.stringify(podReview({ status: {}, ...elasticsearchPod }))],
    ['two specs', text.replace(',"status":', ',"spec":{},"status":')],
    ['a key between the spec and the status', text.replace(',"status":', ',"x":{},"status":')],
    ['a spec of something else', text.replace('"object":', '"oldObject":')],
    ['a spec that is no JSON', text.replace('"image"', 'image')],
    ['a body that is no JSON', text.slice(0, -1)],
    ['no body', ''],
  ])('%s', (_, body) => {
    const one = memory();
    for (const _ of [1, 2, 3]) expect(one.review(Buffer.from(body), 'init-container')).toBeUndefined();
    expect(one.judged()).toBe(0);
  });

  it('a spec that is no UTF-8', () => {
    const bytes = sent({ spec: { ...elasticsearchPod.spec, hostname: 'XX' } });
    bytes.fill(0xff, bytes.indexOf('XX'), bytes.indexOf('XX') + 2);
    const one = memory();
    for (const _ of [1, 2, 3]) expect(one.review(bytes, 'init-container')).toBeUndefined();
  });

  it('a workload object', () => {
    const one = memory();
    for (const _ of [1, 2, 3]) expect(one.review(sent(elasticsearchPod), 'warn')).toBeUndefined();
  });
});

// A few of everything, so that pods often share a template or nearly do.
const letters = fc.constantFrom('bcd24', 'xz567', 'aeiou', 'bcd2', '\\"bcd');
const some = <T>(...values: T[]) => fc.constantFrom<T | undefined>(undefined, ...values);
const metadata = fc.record({
  name: some('a', 'b'),
  uid: some('1', '2'),
  labels: some<unknown>({ app: 'a' }, { 'app.kubernetes.io/name': 'elasticsearch' }, null, 'x', []),
  annotations: some<unknown>({ 'max-map-count.io/inject': 'false' }, { 'max-map-count.io/workload': 'crate' }, null, 1),
  ownerReferences: some<unknown>([{ kind: 'Job' }], [{ kind: 'DaemonSet', uid: '1' }, null], [{}], { kind: 'Job' }),
  managedFields: some<unknown>([{ 'f:spec': {} }], ['"spec":{']),
});
const path = fc.constantFrom<ReviewPath>('init-container', 'node-affinity', 'none');

it('a memory answers any reviews in any order as if each were the first', () => {
  let [answered, recalled] = [0, 0];
  const two = <T>(arbitrary: fc.Arbitrary<T>) => fc.tuple(arbitrary, arbitrary);
  const strange = fc.constantFrom(null, 'x', []);
  const requests = fc.array(fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1), letters), { minLength: 4, maxLength: 16 });
  fc.assert(
    fc.property(
      two(likelyPod),
      two(fc.oneof(metadata, metadata, strange)),
      two(path),
      requests,
      (pods, of, on, all) => {
        const one = memory(SETTINGS, { templateBytes: 20_000 });
        for (const [pod, about, way, token] of all) {
          const bytes = sent({ ...pods[pod], metadata: of[about] }, token);
          const outcome = one.review(bytes, on[way] ?? 'none');
          if (!outcome) continue;
          expect(outcome).toEqual(whole(bytes, on[way] ?? 'none'));
          answered += 1;
        }
        recalled += one.recalled();
      },
    ),
    { numRuns: 400 },
  );
  expect(answered).toBeGreaterThan(1_000);
  expect(recalled).toBeGreaterThan(200);
});

// Texts that look like the beginning or the end of a spec, as keys, values and pieces of both.
const piece = fc
  .array(fc.constantFrom('"', '\\', '{', '}', ',', ':', '"spec":{', '},"status":', 'spec', 'status', 'é'), {
    maxLength: 5,
  })
  .map((parts) => parts.join(''));
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    piece,
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(piece, fc.constantFrom('spec', 'status', 'object')), tie('value'), { maxKeys: 3 }),
  ),
}));
const key = fc.constantFrom('spec', 'status', 'metadata', 'object', 'x');

it('no text of a body is taken for another one', () => {
  let answered = 0;
  const members = fc.array(fc.tuple(key, anything), { maxLength: 3 });
  const joined = (list: readonly (readonly [string, unknown])[]) =>
    list.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`).join('');
  const spec = fc.record({ containers: fc.constant(elasticsearchPod.spec.containers), x: anything });
  fc.assert(
    fc.property(members, members, members, members, spec, (before, first, between, last, given) => {
      const head = JSON.stringify(podReview(null)).replace('"object":null', () => {
        const pod = `{${joined(first)}"spec":${JSON.stringify(given)},${joined(between)}"status":{}}`;
        return `${joined(before)}"object":${pod},${joined(last)}"y":0`;
      });
      const bytes = Buffer.from(head);
      const one = memory();
      for (const _ of [1, 2, 3]) {
        const outcome = one.review(bytes, 'init-container');
        if (!outcome) continue;
        answered += 1;
        expect(outcome).toEqual(whole(bytes, 'init-container'));
      }
    }),
    { numRuns: 3_000 },
  );
  expect(answered).toBeGreaterThan(500);
});
