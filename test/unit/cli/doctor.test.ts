import { describe, expect, it } from 'vitest';
import { listAll } from '../../../src/cli/cluster.ts';
import { controllerOf } from '../../../src/cli/doctor/controller.ts';
import { CrashReader } from '../../../src/cli/doctor/crash.ts';
import { probe } from '../../../src/cli/doctor/probe.ts';
import { entryFor, registrationsIn } from '../../../src/cli/doctor/registration.ts';
import { catalogueOf } from '../../../src/core/catalogue.ts';
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
  const catalogue = catalogueOf();
  const crashesAmong = async (kube: Kube, pods: readonly JsonObject[], isKnown = true) => {
    const reader = new CrashReader(kube, catalogue);
    const crashes = [];
    for (const pod of pods) crashes.push(...(await reader.crashesOf(pod, isKnown)));
    return { crashes, unread: reader.unread, refusal: reader.refusal };
  };

  it('are read from the end of the previous log, bounded, when the status does not tell', async () => {
    const kube = stub(() => ({ body: `starting\nbootstrap check failure [1] of [1]: ${LINE}\nbye\n` }));
    expect((await crashesAmong(kube, [crashing('es-0')])).crashes).toMatchObject([{ container: 'es', line: LINE }]);
    expect(kube.asked.map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/search/pods/es-0/log?container=es&previous=true&tailLines=200&limitBytes=262144',
    ]);
  });

  it('are found at whatever moment of the loop the kubelet tells of', async () => {
    const kube = stub(() => ({ body: LINE }));
    const ended = { terminated: { exitCode: 78 } };
    const pod = (name: string, state: JsonObject, lastState: JsonObject = {}) => ({
      metadata: { name, namespace: 'search' },
      status: { containerStatuses: [{ name: 'es', ready: false, state, lastState }] },
    });
    const moments = [pod('es-0', ended), pod('es-1', ended, ended), pod('es-2', { running: {} }, ended)];
    expect((await crashesAmong(kube, moments)).crashes).toHaveLength(3);
    // The log of a container that has ended is not yet the previous one.
    expect(kube.asked.map(({ path }) => /previous=\w+/.exec(path)?.[0])).toEqual([
      'previous=false',
      'previous=false',
      'previous=true',
    ]);
  });

  it('are found when the start script ends with 0, unless ending is what the container is for', async () => {
    const line = "Please set vm.max_map_count to be 2000000 under root using 'sysctl -w vm.max_map_count=2000000'.";
    const kube = stub(() => ({ body: `${line}\n` }));
    const looping = crashing('doris-be-0', { exitCode: 0 });
    expect((await crashesAmong(kube, [looping])).crashes).toMatchObject([{ line, rows: ['doris-be'] }]);
    expect((await crashesAmong(kube, [{ ...looping, spec: { restartPolicy: 'Never' } }])).crashes).toEqual([]);
  });

  it('of our init container are told from the status, where the kubelet puts the end of its log', async () => {
    const line = 'max-map-count: vm.max_map_count is still 65530, 262144 is needed: the node refused the write';
    const kube = stub(() => ({ body: LINE }));
    const state = { waiting: { reason: 'CrashLoopBackOff' } };
    const pod = (name: string, terminated: JsonObject) => ({
      metadata: { name: 'es-0', namespace: 'search' },
      status: { initContainerStatuses: [{ name, state, lastState: { terminated } }] },
    });
    const lineOf = async (name: string, terminated: JsonObject) => {
      return (await crashesAmong(kube, [pod(name, terminated)])).crashes.map((crash) => crash.line);
    };
    expect(await lineOf('max-map-count', { exitCode: 1, message: `${line}\n` })).toEqual([line]);
    expect(await lineOf('max-map-count', { exitCode: 137, reason: 'OOMKilled' })).toEqual(['exit code 137, OOMKilled']);
    expect(await lineOf('max-map-count', { exitCode: 127, reason: 'Error', message: 'sh: no' })).toEqual([
      'exit code 127: sh: no',
    ]);
    expect(await lineOf('chown', { exitCode: 1 })).toEqual([]);
    expect(kube.asked).toEqual([]);
  });

  it('that are over are none', async () => {
    const kube = stub(() => ({ body: LINE }));
    const pod = (container: JsonObject) => ({ metadata: { name: 'es-0' }, status: { containerStatuses: [container] } });
    const lastState = { terminated: { exitCode: 78 } };
    const well = pod({ name: 'es', ready: true, state: { running: {} }, lastState });
    const once = { spec: { restartPolicy: 'OnFailure' } };
    const done = { ...once, ...pod({ name: 'es', ready: false, state: { terminated: { exitCode: 0 } }, lastState }) };
    expect((await crashesAmong(kube, [well, done])).crashes).toEqual([]);
    expect(kube.asked).toEqual([]);
  });

  it('of other kinds, and pods that run, are none', async () => {
    const kube = stub(() => ({ body: 'OutOfMemoryError\n' }));
    const running = {
      metadata: { name: 'ok' },
      status: { containerStatuses: [{ name: 'es', state: { running: {} } }] },
    };
    expect(await crashesAmong(kube, [crashing('es-0'), running])).toMatchObject({ crashes: [], unread: 0 });
    expect(kube.asked).toHaveLength(1);
  });

  it.each([
    [true, 60],
    [false, 20],
  ])(
    'of pods whose product is known (%s) are looked for in no more than %i logs, and the rest is counted',
    async (isKnown, most) => {
      const kube = stub(() => ({ body: '' }));
      const pods = Array.from({ length: 100 }, (_, index) => crashing(`es-${index}`));
      expect(await crashesAmong(kube, pods, isKnown)).toMatchObject({ crashes: [], unread: 100 - most });
      expect(kube.asked).toHaveLength(most);
    },
  );

  it('of one owner are told by its first three logs, or the first with the line', async () => {
    const metadata = { ownerReferences: [{ kind: 'StatefulSet', name: 'es', controller: true }], namespace: 'search' };
    const pods = Array.from({ length: 9 }, (_, index) => {
      return { ...crashing('', { exitCode: 78 }), metadata: { ...metadata, name: `es-${index}` } };
    });
    const silent = stub(() => ({ body: '' }));
    expect(await crashesAmong(silent, pods)).toMatchObject({ crashes: [], unread: 0 });
    expect(silent.asked).toHaveLength(3);
    const telling = stub(() => ({ body: LINE }));
    expect((await crashesAmong(telling, pods)).crashes).toHaveLength(9);
    expect(telling.asked).toHaveLength(1);
  });

  it('are told from the status where logs may not be read, which is tried once', async () => {
    const kube = stub(() => ({ status: 403, body: { message: 'forbidden' } }));
    const told = crashing('es-2', { exitCode: 78, message: LINE });
    const { crashes, unread, refusal } = await crashesAmong(kube, [crashing('es-0'), crashing('es-1'), told]);
    expect([crashes.length, unread, refusal?.status]).toEqual([1, 2, 403]);
    expect(kube.asked).toHaveLength(1);
  });

  it('whose log is gone are counted', async () => {
    const kube = stub(() => ({ status: 400, body: { message: 'previous terminated container not found' } }));
    expect(await crashesAmong(kube, [crashing('es-0')])).toMatchObject({ crashes: [], unread: 1, refusal: undefined });
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
  expect([items.map(({ n }) => n), isCut, counts]).toEqual([[0, 1, 2], true, [2, 3]]);
});

it('a list that outlives its snapshot goes on where it was', async () => {
  const gone = { status: 410, body: { message: 'too old', metadata: { continue: 'fresh' } } };
  const kube = stub(({ path }) => {
    if (path.includes('continue=old')) return gone;
    return { body: { items: [{}], metadata: path.includes('continue=fresh') ? {} : { continue: 'old' } } };
  });
  const { items, isCut } = await listAll(kube, '/api/v1/pods', { limit: 10 });
  expect([items.length, isCut, kube.asked.at(-1)?.path]).toEqual([2, false, '/api/v1/pods?limit=10&continue=fresh']);
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
    [
      'somebody with a name for a shell',
      owned('StatefulSet', "x'; reboot"),
      "StatefulSet n/x'; reboot",
      `kubectl -n n rollout restart 'statefulset/x'\\''; reboot'`,
    ],
  ])('%s', (_, pod, name, restart) => {
    expect(controllerOf(pod)).toMatchObject({ name, restart });
  });
});

it('knows its registration by the path, and the entry for a namespace by its selector', () => {
  const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }];
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
