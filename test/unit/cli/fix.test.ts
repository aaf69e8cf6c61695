import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { raiseOn } from '../../../src/cli/fix/raise.ts';
import { raiseScript } from '../../../src/core/init-container.ts';
import { get, type JsonObject, objects, text } from '../../../src/core/json.ts';
import type { Kube } from '../../../src/kube.ts';
import { settingsOf } from '../../support/cases.ts';
import { type FakeApi, refusal, startFakeApi } from '../../support/fake-api.ts';
import { cli } from './support.ts';

const LINE = 'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]';
const RAISED = 'max-map-count: vm.max_map_count raised from 65530 to 262144\n';
const RAISES = '/api/v1/namespaces/kube-system/pods';
const ROOT = '/api/v1/namespaces/search/pods';

interface PodOptions {
  readonly owner?: JsonObject | null;
  readonly image?: string;
  readonly line?: string;
  readonly node?: string;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
}

const STATEFUL: JsonObject = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'es', uid: 'o', controller: true };

/** A pod that crashes with the line, unless a status says otherwise. */
function pod(name: string, options: PodOptions = {}): Record<string, JsonObject> {
  const { owner = STATEFUL, image = 'elasticsearch:8.15.0', line = LINE, node = 'node-1', spec = {}, status } = options;
  const crashed = { terminated: { exitCode: 78, message: line } };
  const container = {
    name: 'es',
    ready: false,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: crashed,
  };
  const metadata = { name, namespace: 'search', uid: `uid-${name}`, ...(owner && { ownerReferences: [owner] }) };
  const whole = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { nodeName: node, containers: [{ name: 'es', image }], ...spec },
    status: status ?? { phase: 'Running', containerStatuses: [container] },
  };
  return { [`${ROOT}/${name}`]: whole };
}

const RUNNING: JsonObject = {
  phase: 'Running',
  containerStatuses: [{ name: 'es', ready: true, state: { running: {} } }],
};

function node(name: string, ready = 'True'): Record<string, JsonObject> {
  const conditions = [{ type: 'Ready', status: ready, message: 'Kubelet stopped posting node status.' }];
  return { [`/api/v1/nodes/${name}`]: { metadata: { name }, status: { conditions } } };
}

function statefulSet(more: JsonObject = {}): Record<string, JsonObject> {
  return {
    '/apis/apps/v1/namespaces/search/statefulsets/es': { kind: 'StatefulSet', metadata: { name: 'es' }, ...more },
  };
}

interface Circumstances {
  /** Whether a webhook patches pods that are created. */
  readonly webhook?: boolean;
  /** How the raising pod ends. */
  readonly phase?: 'Succeeded' | 'Failed';
  readonly log?: string;
  readonly answer?: FakeApi['answer'];
}

/** A cluster with these objects, whose kubelet runs the raising pods at once. */
async function cluster(stored: Record<string, JsonObject>, circumstances: Circumstances = {}) {
  const { webhook = false, phase = 'Succeeded', log = RAISED, answer = () => undefined } = circumstances;
  const api = await startFakeApi(stored);
  onTestFinished(() => api.stop());
  api.answer = (request) => {
    const own = answer(request);
    if (own !== undefined) return own;
    const { method, path, body } = request;
    if (method === 'GET' && path.includes('/log?')) return { status: 200, body: log };
    if (method === 'GET' && path.startsWith(`${RAISES}/`)) {
      return { status: 200, body: { ...api.stored.get(path), status: { phase } } };
    }
    if (method === 'POST' && path === `${ROOT}?dryRun=All` && webhook && body) {
      const annotations = { 'max-map-count.io/applied': 'init-container=262144' };
      return { status: 201, body: { ...body, metadata: { ...(body.metadata as JsonObject), annotations } } };
    }
    return undefined;
  };
  const directory = mkdtempSync(join(tmpdir(), 'fix-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const kubeconfig = join(directory, 'config');
  const named = { name: 'c', cluster: { server: api.url } };
  const context = { name: 'stage', context: { cluster: 'c', namespace: 'search' } };
  writeFileSync(kubeconfig, JSON.stringify({ clusters: [named], contexts: [context], 'current-context': 'stage' }));
  const fix = (args: readonly string[], options: { answer?: string } = {}) => {
    return cli(['fix', '--kubeconfig', kubeconfig, ...args], options);
  };
  return { api, fix };
}

/** The pods that raised nodes. */
function raises({ requests }: FakeApi): JsonObject[] {
  return requests.flatMap(({ method, path, body }) => (method === 'POST' && path === RAISES && body ? [body] : []));
}

describe('where no webhook is', () => {
  const stored = { ...pod('es-0'), ...node('node-1') };

  it('a pod of our constant script raises the node and is removed, and then the crashing pod is deleted', async () => {
    const { api, fix } = await cluster(stored);
    const { stdout, stderr, code } = await fix(['es-0'], { answer: 'y' });
    const [raise, ...others] = raises(api);
    expect(others).toEqual([]);
    const name = text(get(raise, 'metadata'), 'name');
    expect(api.writes()).toEqual([
      `POST ${RAISES}`,
      `DELETE ${RAISES}/${name}?gracePeriodSeconds=0`,
      `DELETE ${ROOT}/es-0`,
    ]);
    expect(api.requests.at(-1)?.body).toMatchObject({ preconditions: { uid: 'uid-es-0' } });
    const spec = get(raise, 'spec');
    expect(spec).toMatchObject({ nodeName: 'node-1', restartPolicy: 'Never', automountServiceAccountToken: false });
    expect(objects(spec, 'containers')).toMatchObject([
      { image: settingsOf('').initContainer.image, command: ['/bin/sh', '-c', raiseScript(262_144)] },
    ]);
    expect(stdout).toBe(`node node-1: ${RAISED}pod search/es-0 deleted\n`);
    expect(stderr).toBe(
      [
        `context stage, server ${api.url}`,
        `raise vm.max_map_count once, by a privileged pod of a few seconds in kube-system (image ${settingsOf('').initContainer.image}):`,
        '  node node-1: to at least 262144',
        'then delete, so that the next ones start at once:',
        `  pod search/es-0 of StatefulSet search/es on node-1: ${LINE}`,
        'Raise vm.max_map_count on 1 node and delete 1 pod? [y/N] y',
        'see them start: kubectl get pods -n search --watch',
        'A node forgets this when it starts anew, and a pod may move to another node. What lasts:',
        '  the webhook, which raises the value wherever such a pod lands: helm install max-map-count-webhook (README)',
        '  prepared nodes, without privileged containers in pods: preparedNodes.enabled=true in the chart (docs/prepared-nodes.md)',
        '  on a node of your own: echo vm.max_map_count=262144 > /etc/sysctl.d/99-max-map-count.conf',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  it('each node gets one pod, with the highest value that its pods need', async () => {
    const more = {
      ...node('node-2'),
      ...pod('es-1', { node: 'node-2' }),
      ...pod('sonar-0', { image: 'sonarqube:lts', node: 'node-2', line: LINE.replace('262144', '524288') }),
    };
    const { api, fix } = await cluster({ ...stored, ...more });
    const { code } = await fix(['--yes']);
    const values = raises(api).map((body) => {
      const [container] = objects(get(body, 'spec'), 'containers');
      return [text(get(body, 'spec'), 'nodeName'), get(container, 'command')];
    });
    expect(values.map(([on]) => on)).toEqual(['node-1', 'node-2']);
    expect(values[1]?.[1]).toEqual(['/bin/sh', '-c', raiseScript(524_288)]);
    expect(api.writes().filter((write) => write.startsWith(`DELETE ${ROOT}`))).toHaveLength(3);
    expect(code).toBe(0);
  });

  it.each<[string, string, number]>([
    [
      'another product’s words',
      'Preflight check failed with error: /proc/sys/vm/max_map_count value should be at least 262144 but is 65530 (set via "vm.max_map_count" sysctl)',
      262_144,
    ],
    ['a product that nobody recognises by its image', LINE.replace('262144', '524288'), 524_288],
  ])('%s tell the value, too', async (_, line, value) => {
    const { api, fix } = await cluster({ ...pod('x-0', { image: 'registry.example/x', line }), ...node('node-1') });
    const { code } = await fix(['--yes']);
    const [container] = objects(get(raises(api)[0], 'spec'), 'containers');
    expect([get(container, 'command'), code]).toEqual([['/bin/sh', '-c', raiseScript(value)], 0]);
  });

  it('a pod whose log cannot be read is cured by what it is', async () => {
    const { fix } = await cluster(
      { ...pod('es-0', { line: '' }), ...node('node-1') },
      { answer: ({ path }) => (path.startsWith(`${ROOT}/es-0/log`) ? refusal(500, 'dial tcp: no route') : undefined) },
    );
    const { stderr, code } = await fix(['--yes']);
    expect(stderr).toContain(
      'container es crashes, and the pod needs 262144 (its log was not read: dial tcp: no route)\n',
    );
    expect(code).toBe(0);
  });

  it('a bare pod is never deleted', async () => {
    const { api, fix } = await cluster({ ...pod('es-0', { owner: null }), ...node('node-1') });
    const { stderr, code } = await fix(['--yes']);
    expect(api.writes().filter((write) => write.includes(ROOT))).toEqual([]);
    expect(stderr).toContain(
      'nobody makes these again, so they are not deleted; the kubelet tries them again within five minutes:\n  pod search/es-0 on node-1',
    );
    expect([raises(api).length, code]).toEqual([1, 0]);
  });

  it('nor is the mirror of a static pod', async () => {
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'n', controller: true };
    const { api, fix } = await cluster({ ...pod('es-0', { owner }), ...node('node-1') });
    await fix(['--yes']);
    expect(api.writes().filter((write) => write.includes(ROOT))).toEqual([]);
  });

  it('a refused write is told with the words of the script, and the pod is left to crash', async () => {
    const log = 'max-map-count: vm.max_map_count is still 65530, 262144 is needed: the node refused the write\n';
    const { api, fix } = await cluster(stored, { phase: 'Failed', log });
    const { stderr, code } = await fix(['--yes']);
    expect(api.writes().map((write) => write.split(' ')[0])).toEqual(['POST', 'DELETE']);
    expect(stderr).toContain(`error: node node-1: ${log}`);
    expect(code).toBe(2);
  });

  it('a log that may not be read costs nothing but the log', async () => {
    const forbidden = ({ path }: { path: string }) => (path.includes('/log?') ? refusal(403, 'no') : undefined);
    const { fix } = await cluster(stored, { answer: forbidden });
    const { stdout, code } = await fix(['--yes']);
    expect(stdout).toContain('node node-1: vm.max_map_count is high enough; the log that tells more may not be read\n');
    expect(code).toBe(0);
  });

  it.each<[string, Parameters<typeof refusal>, string]>([
    [
      'missing rights',
      [
        403,
        'pods is forbidden: User "dev" cannot create resource "pods" in API group "" in the namespace "kube-system"',
      ],
      'error: node node-1: you may not raise the value by a pod in namespace kube-system: pods is forbidden: User "dev" cannot',
    ],
    [
      'Pod Security',
      [403, 'pods "x" is forbidden: violates PodSecurity "baseline:latest": privileged'],
      'error: node node-1: Pod Security does not allow the privileged pod that raises the value in namespace kube-system: raise it on the node itself',
    ],
  ])('%s are told before anybody is asked', async (_, refused, wanted) => {
    const { api, fix } = await cluster(stored, {
      answer: ({ method, path }) => (method === 'POST' && path.startsWith(RAISES) ? refusal(...refused) : undefined),
    });
    const { stdout, stderr, code } = await fix([], { answer: 'y' });
    expect([api.writes(), stdout, code]).toEqual([[], '', 2]);
    expect(stderr).toContain(wanted);
    expect(stderr).toMatch(/error: nothing was changed\n$/);
    expect(stderr).not.toContain('[y/N]');
  });

  it('a node that is not ready is named, and nothing is tried there', async () => {
    const { api, fix } = await cluster({ ...pod('es-0'), ...node('node-1', 'Unknown') });
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain(
      'error: pod search/es-0 is left alone: node node-1 is not ready, so nothing can be done there: Kubelet stopped posting node status.',
    );
  });
});

describe('where the webhook patches the pod', () => {
  it('the crashing pod is only made anew: no node is touched', async () => {
    const { api, fix } = await cluster({ ...pod('es-0'), ...node('node-1') }, { webhook: true });
    const { stdout, stderr, code } = await fix(['es-0', '--yes']);
    expect(api.writes()).toEqual([`DELETE ${ROOT}/es-0`]);
    expect(stdout).toBe('pod search/es-0 deleted\n');
    expect(stderr).not.toContain('What lasts');
    expect(code).toBe(0);
    const asked = api.requests.find(({ path }) => path === `${ROOT}?dryRun=All`)?.body;
    expect(get(get(asked, 'spec'), 'nodeName')).toBeUndefined();
  });

  it('what was missed and runs is restarted in its own order, not deleted', async () => {
    const stored = { ...pod('es-0', { status: RUNNING }), ...pod('es-1', { status: RUNNING }), ...statefulSet() };
    const { api, fix } = await cluster(stored, { webhook: true });
    const { stdout, stderr, code } = await fix(['statefulset/es', '--yes'].slice(1));
    expect(api.writes()).toEqual(['PATCH /apis/apps/v1/namespaces/search/statefulsets/es']);
    expect(stdout).toBe('StatefulSet search/es restarted\n');
    expect(stderr).toContain('  StatefulSet search/es (es-0, es-1)\n');
    expect(code).toBe(0);
  });

  it.each<[string, JsonObject, string]>([
    [
      'is of an operator',
      { metadata: { name: 'es', ownerReferences: [{ kind: 'Elasticsearch', name: 'q', controller: true }] } },
      'Elasticsearch q manages StatefulSet search/es: restart it there',
    ],
    [
      'waits for deletions',
      { spec: { updateStrategy: { type: 'OnDelete' } } },
      'its updateStrategy is OnDelete: delete its pods one by one',
    ],
  ])('what was missed and runs is left alone where it %s', async (_, more, why) => {
    const { api, fix } = await cluster(
      { ...pod('es-0', { status: RUNNING }), ...statefulSet(more) },
      { webhook: true },
    );
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain(
      `pod search/es-0 is left alone: it runs, and was not patched when it was created; ${why}\n`,
    );
  });

  it('a bare pod gets its node raised instead', async () => {
    const { api, fix } = await cluster({ ...pod('es-0', { owner: null }), ...node('node-1') }, { webhook: true });
    const { code } = await fix(['--yes']);
    expect([raises(api).length, code]).toEqual([1, 0]);
  });
});

describe('what is left alone', () => {
  it('a crash of another kind, which only a name brings up', async () => {
    const stored = { ...pod('web-0', { image: 'nginx', line: 'out of memory' }), ...node('node-1') };
    const { api, fix } = await cluster(stored, {
      answer: ({ path }) => (path.includes('/log?') ? { status: 200, body: '' } : undefined),
    });
    const all = await fix(['--yes']);
    expect([all.code, all.stderr]).toEqual([
      0,
      `context stage, server ${api.url}\nnothing to do: no pod in namespace search crashes because of vm.max_map_count (-A looks everywhere)\n`,
    ]);
    const named = await fix(['web-0', '--yes']);
    expect(named.stderr).toContain(
      'pod search/web-0 is left alone: nothing says that it is for vm.max_map_count: kubectl -n search logs web-0 --previous\n',
    );
    expect([api.writes(), named.code]).toEqual([[], 2]);
  });

  it('a pod that runs where no webhook would patch it', async () => {
    const { api, fix } = await cluster(pod('es-0', { status: RUNNING }));
    const { code, stderr } = await fix(['es-0', '--yes']);
    expect([api.writes(), code]).toEqual([[], 0]);
    expect(stderr).toContain('nothing to do: es-0 does not crash');
  });

  it('a line that asks for a value that is in no row', async () => {
    const line = 'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [999999999]';
    const { api, fix } = await cluster({ ...pod('x-0', { image: 'my/app', line }), ...node('node-1') });
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain('no workload of the catalogue has the value that it asks for');
  });

  it('a pod on a kernel of its own', async () => {
    const { api, fix } = await cluster({ ...pod('es-0', { spec: { runtimeClassName: 'kata' } }), ...node('node-1') });
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain('it runs on a kernel of its own');
  });

  it('a node that has refused our init container', async () => {
    const message = 'max-map-count: vm.max_map_count is still 65530, 262144 is needed: the node refused the write';
    const ended = { name: 'max-map-count', ready: false, state: { terminated: { exitCode: 1, message } } };
    const { api, fix } = await cluster({
      ...pod('es-0', { status: { phase: 'Pending', initContainerStatuses: [ended] } }),
      ...node('node-1'),
    });
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain('node node-1 refuses the write, also from a privileged container');
  });

  it('an init container of ours that fails for another reason', async () => {
    const ended = { name: 'max-map-count', ready: false, state: { terminated: { exitCode: 127 } } };
    const stored = {
      ...pod('es-0', { status: { phase: 'Pending', initContainerStatuses: [ended] } }),
      ...node('node-1'),
    };
    const { api, fix } = await cluster(stored);
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain('the init container max-map-count does not do its work: kubectl max-map-count doctor');
  });
});

it('a list that may not be read is one line, and so is a server that does not answer', async () => {
  const { api, fix } = await cluster({}, { answer: () => refusal(403, 'pods is forbidden') });
  const { stderr, code } = await fix([]);
  expect([stderr, code]).toEqual([`context stage, server ${api.url}\nerror: pods is forbidden\n`, 2]);
  await api.stop();
  const gone = await fix([]);
  expect(gone.stderr).toMatch(/\nerror: cannot reach \S+: connect ECONNREFUSED \S+\n$/);
});

describe('nothing is written', () => {
  const stored = { ...pod('es-0'), ...node('node-1') };

  it('without a yes', async () => {
    const { api, fix } = await cluster(stored);
    const { code, stderr } = await fix(['es-0'], { answer: '' });
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toMatch(/nothing was changed\n$/);
  });

  it('when nobody can be asked', async () => {
    const { api, fix } = await cluster(stored);
    const { code, stderr } = await fix(['es-0']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain('standard input is no terminal');
  });

  it('with --dry-run, which has the API server check every step', async () => {
    const { api, fix } = await cluster(stored);
    const { stdout, code } = await fix(['es-0', '--dry-run']);
    expect([api.writes(), code]).toEqual([[], 0]);
    expect(stdout).toBe(
      'node node-1 raised to at least 262144 (server dry run)\npod search/es-0 deleted (server dry run)\n',
    );
  });
});

describe('the pod that raises', () => {
  const nodeToRaise = { node: 'node-1', value: 262_144, pods: [] };

  /** Its requests answered by a function; the wait is short. */
  function raising(answer: (method: string, path: string) => unknown, signal = new AbortController().signal) {
    const asked: string[] = [];
    const kube: Kube = {
      context: '',
      server: '',
      namespace: '',
      send: async ({ method = 'GET', path }) => {
        asked.push(`${method} ${path.replace(/fix-\w+/, 'fix')}`);
        return { status: 200, body: answer(method, path), warnings: [] };
      },
    };
    const patience = { seconds: 0.05, pollMilliseconds: 10, signal };
    const raised = () => raiseOn({ kube, settings: settingsOf('').initContainer, patience }, nodeToRaise);
    return { asked, raised };
  }

  const LAST = `DELETE ${RAISES}/max-map-count-fix?gracePeriodSeconds=0`;

  it('is removed when no kubelet takes it', async () => {
    const { asked, raised } = raising(() => ({ status: { phase: 'Pending' } }));
    expect(await raised()).toEqual({
      ok: false,
      problem: 'its pod has not ended within 0.05 s: no kubelet has taken it: is the node reachable?',
    });
    expect(asked.at(-1)).toBe(LAST);
  });

  it('is given up at once where its image cannot be had', async () => {
    const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "busybox"' };
    const { asked, raised } = raising(() => ({
      status: { phase: 'Pending', containerStatuses: [{ state: { waiting } }] },
    }));
    expect(await raised()).toEqual({
      ok: false,
      problem: 'its pod cannot start: ImagePullBackOff: Back-off pulling image "busybox"',
    });
    expect(asked).toHaveLength(3);
    expect(asked.at(-1)).toBe(LAST);
  });

  it('is removed when somebody presses Ctrl-C', async () => {
    const interrupt = new AbortController();
    const { asked, raised } = raising(() => {
      interrupt.abort();
      return { status: { phase: 'Pending' } };
    }, interrupt.signal);
    expect(await raised()).toEqual({ ok: false, problem: 'interrupted' });
    expect(asked.at(-1)).toBe(LAST);
  });

  it('is removed when the answer to its creation was lost', async () => {
    const { asked, raised } = raising((method) => {
      if (method === 'POST') throw new Error('cannot reach it');
      return {};
    });
    expect(await raised()).toEqual({ ok: false, problem: 'cannot reach it' });
    expect(asked.at(-1)).toBe(LAST);
  });

  it('is named when it cannot be removed', async () => {
    const { asked, raised } = raising((method) => {
      if (method === 'DELETE') throw new Error('cannot reach it');
      return { status: { phase: 'Succeeded' } };
    });
    expect(await raised()).toMatchObject({
      ok: true,
      remains: expect.stringMatching(
        /^pod kube-system\/max-map-count-fix-\w+ could not be removed \(cannot reach it\): kubectl -n kube-system delete pod /,
      ),
    });
    expect(asked.filter((line) => line === LAST)).toHaveLength(3);
  });
});
