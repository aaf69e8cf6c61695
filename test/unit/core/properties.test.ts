import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import type { AllowedStrategy } from '../../../src/core/decision.ts';
import { evaluate } from '../../../src/core/evaluate.ts';
import { CONTAINER_NAME } from '../../../src/core/init-container.ts';
import { get, isObject, type Json, type JsonObject, objects } from '../../../src/core/json.ts';
import type { Operation } from '../../../src/core/operation.ts';
import { patchFor } from '../../../src/core/patch.ts';
import { review } from '../../../src/core/review.ts';
import { settingsOf } from '../../support/cases.ts';
import { container, pod } from '../../support/pods.ts';
import { qosClass } from '../../support/qos.ts';

const settings = settingsOf('');
const variants = [
  '',
  'level: recommended',
  'nodeAffinity: {mode: preferred}',
  'initContainer: {resources: {cpu: 10m, memory: 16Mi}}',
].map(settingsOf);
const strategy = fc.constantFrom<AllowedStrategy>('init-container', 'node-affinity', 'none');
const anySettings = fc.constantFrom(...variants);

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** Applies a patch with an implementation that is not ours; throws when it does not apply. */
function apply(before: Json, patch: readonly Operation[]): Json {
  return fastJsonPatch.applyPatch(plain(before), structuredClone(patch) as Operation[], true).newDocument;
}

function decided(raw: Json, path: AllowedStrategy, using = settings) {
  const decision = evaluate(raw, { strategy: path }, using);
  return { decision, patch: decision.decision === 'patch' ? patchFor(raw, decision, using) : [] };
}

/** The pod without what our patch may add. */
function withoutOurs(patched: Json): Json {
  const copy = plain(patched) as JsonObject;
  const spec = get(copy, 'spec');
  const [first, ...rest] = objects(spec, 'initContainers');
  if (isObject(spec) && first?.name === CONTAINER_NAME) spec.initContainers = rest;
  const annotations = get(get(copy, 'metadata'), 'annotations');
  if (isObject(annotations)) delete annotations['max-map-count.io/applied'];
  return copy;
}

/** Absent, null and empty are the same to the API server, which leaves empty lists and maps out. */
function normalized(value: Json): Json {
  const copy = plain(value) as JsonObject;
  const spec = get(copy, 'spec') as JsonObject;
  const metadata = get(copy, 'metadata') as JsonObject;
  if (objects(spec, 'initContainers').length === 0) delete spec.initContainers;
  const annotations = get(metadata, 'annotations');
  if (!isObject(annotations) || Object.keys(annotations).length === 0) delete metadata.annotations;
  return copy;
}

describe('for arbitrary JSON', () => {
  it('a decision is made, never a throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), strategy, (value, path) => {
        const raw = plain(value);
        expect(decided(raw, path).decision.decision).toBe('skip');
        expect(decided(plain({ spec: raw, metadata: raw }), path).decision.decision).toBe('skip');
        decided(plain({ spec: { containers: raw, initContainers: raw }, metadata: { annotations: raw } }), path);
        decided(
          plain({ spec: { containers: [raw, { name: 'c', image: 'elasticsearch' }], affinity: raw }, metadata: raw }),
          path,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('a review is answered with allowed: true or refused with a sentence, never a throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (request, object) => {
        const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: plain(request) };
        expect(review(plain(request), 'init-container', settings).ok).toBe(false);
        const any = review(body, 'warn', settings);
        expect(any.ok ? any.answer.response.allowed : any.problem).toEqual(
          any.ok ? true : expect.stringMatching(/^\w.+$/),
        );
        const readable = {
          ...body,
          request: { uid: 'u-1', operation: 'CREATE', kind: { group: '', version: 'v1', kind: 'Pod' }, object },
        };
        const outcome = review(readable, 'init-container', settings);
        expect(outcome.ok && outcome.answer.response).toMatchObject({ uid: 'u-1', allowed: true });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('for arbitrary pods', () => {
  it('the patch applies, adds exactly our container in front and our annotation, and leaves the rest equal', () => {
    let patchedPods = 0;
    fc.assert(
      fc.property(pod, anySettings, (raw, using) => {
        const { decision, patch } = decided(plain(raw), 'init-container', using);
        const patched = apply(plain(raw), patch);
        if (decision.decision === 'skip') expect(patch).toEqual([]);
        if (decision.strategy !== 'init-container') return;
        patchedPods += 1;
        const before = objects(get(raw, 'spec'), 'initContainers');
        const after = objects(get(patched, 'spec'), 'initContainers');
        expect(after).toHaveLength(before.length + 1);
        expect(after[0]?.name).toBe(CONTAINER_NAME);
        expect(normalized(withoutOurs(patched))).toEqual(normalized(withoutOurs(plain(raw))));
      }),
      { numRuns: 3000 },
    );
    expect(patchedPods).toBeGreaterThan(100);
  });

  it('doing it twice equals doing it once, also after another injector and the API server went over the pod', () => {
    let patchedPods = 0;
    fc.assert(
      fc.property(pod, strategy, anySettings, container(['injected-by-another']), (raw, path, using, injected) => {
        const { decision, patch } = decided(plain(raw), path, using);
        if (decision.decision === 'skip') return;
        patchedPods += 1;
        const patched = apply(plain(raw), patch);
        for (const later of [
          patched,
          defaulted(patched),
          withInjected(patched, { ...injected, image: 'busybox', command: ['true'] }),
        ]) {
          expect(decided(later, path, using).decision).toMatchObject({
            decision: 'skip',
            reason: 'already-handled',
            ours: true,
          });
        }
      }),
      { numRuns: 3000 },
    );
    expect(patchedPods).toBeGreaterThan(100);
  });

  it('the affinity only adds: every expression of the author stays, no empty term is filled, Pod Security sees no difference', () => {
    let termsBesideOurs = 0;
    fc.assert(
      fc.property(pod, anySettings, (raw, using) => {
        const { patch } = decided(plain(raw), 'node-affinity', using);
        const [before, after] = [plain(raw), apply(plain(raw), patch)].map((each) => get(each, 'spec') as JsonObject);
        // What the Pod Security Standards look at is everything but affinity.
        expect({ ...after, affinity: null }).toEqual({ ...before, affinity: null });
        const key = 'requiredDuringSchedulingIgnoredDuringExecution';
        const terms = (spec: JsonObject | undefined) =>
          objects(get(get(get(spec, 'affinity'), 'nodeAffinity'), key), 'nodeSelectorTerms');
        if (patch.length > 0) termsBesideOurs += terms(before).length;
        terms(before).forEach((term, index) => {
          const added = terms(after)[index];
          const expressions = objects(term, 'matchExpressions');
          expect(objects(added, 'matchExpressions').slice(0, expressions.length)).toEqual(expressions);
          const isEmpty = expressions.length + objects(term, 'matchFields').length === 0;
          if (isEmpty) expect(added).toEqual(term);
        });
      }),
      { numRuns: 2000 },
    );
    expect(termsBesideOurs).toBeGreaterThan(10);
  });

  it('an unrelated container never turns a skip into a patch, and the order of containers does not change what is needed', () => {
    let turnedPods = 0;
    fc.assert(
      fc.property(pod, strategy, (raw, path) => {
        const { decision } = decided(plain(raw), path);
        const spec = get(raw, 'spec') as JsonObject;
        const containers = objects(spec, 'containers');
        const unrelated = { name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }] };
        const more = decided(
          plain({ ...raw, spec: { ...spec, containers: [...containers, unrelated] } }),
          path,
        ).decision;
        expect({ reason: more.reason, value: more.value }).toEqual({ reason: decision.reason, value: decision.value });
        const turned = decided(
          plain({ ...raw, spec: { ...spec, containers: containers.toReversed() } }),
          path,
        ).decision;
        if (decision.decision !== 'patch') return;
        expect(turned.value).toBe(decision.value);
        if (containers.length > 1) turnedPods += 1;
      }),
      { numRuns: 2000 },
    );
    expect(turnedPods).toBeGreaterThan(100);
  });

  it('the QoS class stays what it was', () => {
    const patchedPods = new Map<string, number>();
    fc.assert(
      fc.property(pod, strategy, fc.constantFrom('own', 'equal', 'none'), (raw, path, resources) => {
        const before = resources === 'own' ? plain(raw) : withResources(raw, resources === 'equal');
        const { patch } = decided(before, path);
        const qos = qosClass(before);
        expect(qosClass(apply(before, patch))).toBe(qos);
        if (patch.length > 0) patchedPods.set(qos, (patchedPods.get(qos) ?? 0) + 1);
      }),
      { numRuns: 2000 },
    );
    for (const qos of ['BestEffort', 'Burstable', 'Guaranteed']) expect(patchedPods.get(qos)).toBeGreaterThan(10);
  });

  it("the administrator's word about nodes spares a pod that needs no more, and changes nothing for one that does", () => {
    const met = { spared: 0, patched: 0 };
    const word = fc.constantFrom(0, 65_530, 262_143, 262_144, 524_288, 1_048_576, 2_000_000, 135_217_728);
    fc.assert(
      fc.property(pod, strategy, anySettings, word, (raw, path, using, guaranteed) => {
        const told = { ...using, nodes: { guaranteed } };
        const [without, withWord] = [using, told].map((settings) => decided(plain(raw), path, settings));
        // A guest kernel is no node's: the word says nothing about it.
        const isGuest = get(get(raw, 'spec'), 'runtimeClassName') === 'kata';
        if (withWord?.decision.reason === 'nodes-sufficient') {
          expect(isGuest).toBe(false);
          expect(withWord.decision.value).toBeLessThanOrEqual(guaranteed);
          expect(withWord.patch).toEqual([]);
          met.spared += 1;
          return;
        }
        expect(withWord).toEqual(without);
        if (without?.decision.decision !== 'patch' || isGuest) return;
        expect(without.decision.value).toBeGreaterThan(guaranteed);
        if (guaranteed > 0) met.patched += 1;
      }),
      { numRuns: 3000 },
    );
    expect(met.spared).toBeGreaterThan(100);
    expect(met.patched).toBeGreaterThan(30);
  });

  it('warnings are single lines that the API server passes on', () => {
    let seen = 0;
    fc.assert(
      fc.property(pod, strategy, fc.string({ unit: 'grapheme' }), (raw, path, name) => {
        const spec = get(raw, 'spec') as JsonObject;
        const named = objects(spec, 'containers').map((each, index) => (index === 0 ? { ...each, name } : each));
        for (const warning of decided(plain({ ...raw, spec: { ...spec, containers: named } }), path).decision
          .warnings) {
          expect(warning.length).toBeLessThanOrEqual(256);
          expect(warning).not.toMatch(/\p{Cc}/u);
          expect(warning).toMatch(/^max-map-count: ./);
          seen += 1;
        }
      }),
      { numRuns: 1000 },
    );
    expect(seen).toBeGreaterThan(100);
  });
});

/** The pod with limits for all its containers, and requests that equal them, or with neither. */
function withResources(raw: Json, isLimited: boolean): Json {
  const copy = plain(raw) as JsonObject;
  const spec = get(copy, 'spec');
  const amounts = isLimited ? { cpu: '1', memory: '2Gi' } : {};
  for (const each of [...objects(spec, 'initContainers'), ...objects(spec, 'containers')]) {
    each.resources = { requests: { ...amounts }, limits: { ...amounts } };
  }
  return copy;
}

// What the API server and in-tree plugins do to the pod between the two calls (seen on a real one).
function defaulted(patched: Json): Json {
  const copy = plain(patched) as JsonObject;
  const spec = get(copy, 'spec') as JsonObject;
  const mount = {
    name: 'kube-api-access-x',
    mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
    readOnly: true,
  };
  for (const each of [...objects(spec, 'initContainers'), ...objects(spec, 'containers')]) {
    each.volumeMounts = [...objects(each, 'volumeMounts'), mount];
    each.terminationMessagePath = '/dev/termination-log';
    if (!each.resources) each.resources = { limits: { memory: '1Gi' }, requests: { memory: '1Gi' } };
  }
  return copy;
}

function withInjected(patched: Json, injected: JsonObject): Json {
  const copy = plain(patched) as JsonObject;
  const spec = get(copy, 'spec') as JsonObject;
  spec.initContainers = [plain(injected), ...objects(spec, 'initContainers')];
  return copy;
}
