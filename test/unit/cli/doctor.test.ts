import { describe, expect, it } from 'vitest';
import { listAll } from '../../../src/cli/cluster.ts';
import { controllerOf } from '../../../src/cli/doctor/controller.ts';
import { crashesAmong } from '../../../src/cli/doctor/crash.ts';
import { probe } from '../../../src/cli/doctor/probe.ts';
import { entryFor, registrationsIn } from '../../../src/cli/doctor/registration.ts';
import { selects } from '../../../src/cli/doctor/selector.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Kube, KubeAnswer, KubeRequest } from '../../../src/kube.ts';

/** A cluster that answers from a function, and remembers what it was asked. */
function stub(answer: (request: KubeRequest) => Partial<KubeAnswer>): Kube & { readonly asked: KubeRequest[] } {
  const asked: KubeRequest[] = [];
  return {
    context: 'stub',
    server: 'https://stub.invalid',
    namespace: 'default',
    asked,
    send: async (request) => {
      asked.push(request);
      return { status: 200, body: {}, warnings: [], ...answer(request) };
    },
  };
}

const LINE = 'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]';

function crashing(name: string, terminated: JsonObject = {}): JsonObject {
  const state = { waiting: { reason: 'CrashLoopBackOff' } };
  return {
    metadata: { name, namespace: 'search' },
    status: { containerStatuses: [{ name: 'es', state, lastState: { terminated } }] },
  };
}

describe('crashes', () => {
  it('are read from the end of the previous log, bounded, when the status does not tell', async () => {
    const kube = stub(() => ({ body: `starting\nbootstrap check failure [1] of [1]: ${LINE}\nbye\n` }));
    expect(await crashesAmong(kube, [crashing('es-0')])).toMatchObject([{ container: 'es', line: LINE }]);
    expect(kube.asked.map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/search/pods/es-0/log?container=es&previous=true&tailLines=200&limitBytes=262144',
    ]);
  });

  it('are found at whatever moment of the loop the kubelet tells of', async () => {
    const kube = stub(() => ({ body: LINE }));
    const ended = { terminated: { exitCode: 78 } };
    const pod = (state: JsonObject, lastState: JsonObject = {}) => ({
      metadata: { name: 'es-0', namespace: 'search' },
      status: { containerStatuses: [{ name: 'es', ready: false, state, lastState }] },
    });
    const moments = [pod(ended), pod(ended, ended), pod({ running: {} }, ended)];
    expect(await crashesAmong(kube, moments)).toHaveLength(3);
    // The log of a container that has ended is not yet the previous one.
    expect(kube.asked.map(({ path }) => /previous=\w+/.exec(path)?.[0])).toEqual([
      'previous=false',
      'previous=false',
      'previous=true',
    ]);
  });

  it('that are over are none', async () => {
    const kube = stub(() => ({ body: LINE }));
    const pod = (container: JsonObject) => ({ metadata: { name: 'es-0' }, status: { containerStatuses: [container] } });
    const lastState = { terminated: { exitCode: 78 } };
    const well = pod({ name: 'es', ready: true, state: { running: {} }, lastState });
    const done = pod({ name: 'es', ready: false, state: { terminated: { exitCode: 0 } }, lastState });
    expect(await crashesAmong(kube, [well, done])).toEqual([]);
    expect(kube.asked).toEqual([]);
  });

  it('of other kinds, and pods that run, are none', async () => {
    const kube = stub(() => ({ body: 'OutOfMemoryError\n' }));
    const running = {
      metadata: { name: 'ok' },
      status: { containerStatuses: [{ name: 'es', state: { running: {} } }] },
    };
    expect(await crashesAmong(kube, [crashing('es-0'), running])).toEqual([]);
    expect(kube.asked).toHaveLength(1);
  });

  it('are looked for in no more than twenty logs', async () => {
    const kube = stub(() => ({ body: '' }));
    await crashesAmong(
      kube,
      Array.from({ length: 50 }, (_, index) => crashing(`es-${index}`)),
    );
    expect(kube.asked).toHaveLength(20);
  });
});

describe('the probe', () => {
  const answered = (body: unknown, warnings: string[] = []) =>
    probe(
      stub(() => ({ body, warnings })),
      'web',
    );

  it.each<[string, unknown, string[], object]>([
    [
      'with our container',
      { spec: { initContainers: [{ name: 'max-map-count' }] } },
      [],
      { outcome: 'patched', how: 'init-container' },
    ],
    [
      'with our affinity',
      { metadata: { annotations: { 'max-map-count.io/applied': 'node-affinity=262144' } } },
      [],
      { outcome: 'patched', how: 'node-affinity' },
    ],
    [
      'as it was, with warnings of others and ours',
      { spec: {} },
      ['would violate PodSecurity', 'max-map-count: needs prepared nodes'],
      { outcome: 'untouched', warnings: ['max-map-count: needs prepared nodes'] },
    ],
  ])('comes back %s', async (_, body, warnings, wanted) => {
    expect(await answered(body, warnings)).toEqual(wanted);
  });

  it('is a dry run', async () => {
    const kube = stub(() => ({}));
    await probe(kube, 'web');
    expect(kube.asked).toMatchObject([{ method: 'POST', path: '/api/v1/namespaces/web/pods?dryRun=All' }]);
  });
});

it('a long list is read page by page, up to the limit', async () => {
  const page = (start: number, rest: string) => ({
    items: Array.from({ length: 2 }, (_, index) => ({ n: start + index })),
    metadata: { continue: rest },
  });
  const kube = stub(({ path }) => ({ body: path.includes('continue=next') ? page(2, 'more') : page(0, 'next') }));
  const counts: number[] = [];
  const { items, isCut } = await listAll(kube, '/api/v1/pods', { limit: 3, progress: (count) => counts.push(count) });
  expect([items.map(({ n }) => n), isCut, counts]).toEqual([[0, 1, 2], true, [2, 4]]);
});

describe('what made a pod', () => {
  const owned = (kind: string, name: string, labels: JsonObject = {}): JsonObject => ({
    metadata: { name: 'p', namespace: 'n', labels, ownerReferences: [{ kind, name, controller: true }] },
  });

  it.each<[string, JsonObject, string, string]>([
    [
      'a Deployment',
      owned('ReplicaSet', 'es-7d9', { 'pod-template-hash': '7d9' }),
      'Deployment n/es',
      'kubectl -n n rollout restart deployment/es',
    ],
    ['a StatefulSet', owned('StatefulSet', 'es'), 'StatefulSet n/es', 'kubectl -n n rollout restart statefulset/es'],
    [
      'a bare ReplicaSet',
      owned('ReplicaSet', 'es'),
      'ReplicaSet n/es',
      'kubectl -n n delete pod p   # its ReplicaSet makes it again',
    ],
    [
      'nobody',
      { metadata: { name: 'p', namespace: 'n' } },
      'Pod n/p',
      'kubectl -n n get pod p -o yaml > pod.yaml && kubectl replace --force -f pod.yaml',
    ],
  ])('%s', (_, pod, name, restart) => {
    expect(controllerOf(pod)).toMatchObject({ name, restart });
  });
});

describe('a label selector', () => {
  const labels = new Map([['a', '1']]);

  it.each<[unknown, boolean]>([
    [undefined, true],
    [{}, true],
    [{ matchLabels: { a: '1' } }, true],
    [{ matchLabels: { a: '2' } }, false],
    [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['1'] }] }, true],
    [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }, false],
    [{ matchExpressions: [{ key: 'b', operator: 'NotIn', values: ['1'] }] }, true],
    [{ matchExpressions: [{ key: 'b', operator: 'Exists' }] }, false],
    [{ matchExpressions: [{ key: 'b', operator: 'DoesNotExist' }] }, true],
    [{ matchExpressions: [{ key: 'a', operator: 'Near' }] }, false],
  ])('%j matches a=1: %s', (selector, wanted) => {
    expect(selects(selector, labels)).toBe(wanted);
  });
});

it('knows its registration by the path, and the entry for a namespace by its selector', () => {
  const rules = [{ operations: ['CREATE'], resources: ['pods'] }];
  const entry = (path: string, inject: string) => ({
    name: path,
    rules,
    clientConfig: { service: { namespace: 'n', name: 's', path: `/mutate/${path}` } },
    namespaceSelector: { matchLabels: { inject } },
  });
  const others = { metadata: { name: 'other' }, webhooks: [{ name: 'x', clientConfig: { url: 'https://x/mutate' } }] };
  const ours = { metadata: { name: 'zz' }, webhooks: [entry('init-container', 'a'), entry('node-affinity', 'b')] };
  const labels = { 'app.kubernetes.io/name': 'max-map-count-webhook' };
  const warnings = {
    metadata: { name: 'zz-warn', labels },
    webhooks: [{ clientConfig: { service: { path: '/warn' } } }],
  };
  const registrations = registrationsIn([others, ours, warnings]);
  expect(registrations.map(({ name }) => name)).toEqual(['zz']);
  expect(entryFor(registrations, new Map([['inject', 'b']]))?.strategy).toBe('node-affinity');
  expect(entryFor(registrations, new Map())).toBeUndefined();
});
