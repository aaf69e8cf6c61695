// The node agent with the chart's RBAC and policy, on the real API server.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectKube, type Kube, type KubeRequest } from '../../src/kube.ts';
import { reconcile } from '../../src/node-agent/agent.ts';
import { VALUE_FILE } from '../../src/node-agent/value.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import * as chart from '../support/chart.ts';
import { cluster } from '../support/cluster.ts';
import { createNode, kubeconfigWith, type Node, serverOf, tokenOf } from '../support/prepared-nodes.ts';

const LABEL = 'max-map-count.io/value';
const SCRIPT = fileURLToPath(new URL('../../dist/node-agent.js', import.meta.url));
const SECONDS = 10;
const here = cluster();
const { available, binaries, kubectl, createNamespace, get } = here;

describe.skipIf(!available)('the node agent, on a real API server', () => {
  const account = { namespace: '', name: 'mmc-max-map-count-webhook-prepared-nodes' };
  let guard: readonly chart.KubernetesObject[] = [];

  beforeAll(async () => {
    account.namespace = await createNamespace();
    const values = { preparedNodes: { enabled: true } };
    const objects = await chart.render({ helm: binaries.helm, values, namespace: account.namespace });
    guard = objects.filter(({ kind, metadata }) => metadata.name === account.name && kind !== 'DaemonSet');
    expect(guard.map(({ kind }) => kind).sort()).toEqual([
      'ClusterRole',
      'ClusterRoleBinding',
      'ServiceAccount',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ]);
    outputOf(await here.apply(...guard));
  });
  afterAll(async () => {
    outputOf(
      await kubectl(['delete', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: guard }) }),
    );
  });

  /** A node, and the API as the agent on that node sees it, once its policy is at work. */
  async function agentOn(labels: Readonly<Record<string, string>> = {}) {
    const node = await createNode(here, labels);
    const token = await tokenOf(here, account, node);
    const kube = connectKube({ kubeconfig: kubeconfigWith(here, token) });
    const guarded = async () => {
      const { status } = await patch(kube, node, { metadata: { annotations: { probe: 'x' } } }, '?dryRun=All');
      if (status !== 403) throw new Error(`an annotation is answered with ${status}`);
    };
    await eventually('waiting until the policy is at work', guarded, { seconds: SECONDS });
    const done = { lines: [] as string[], writes: [] as KubeRequest[], pauses: [] as number[] };
    const watched: Kube = {
      ...kube,
      send: (request) => {
        if (request.method === 'PATCH') done.writes.push(request);
        return kube.send(request);
      },
    };
    const wait = async (seconds: number) => void done.pauses.push(seconds);
    return {
      ...done,
      kube: watched,
      node,
      token,
      label: LABEL,
      log: (line: string) => void done.lines.push(line),
      wait,
    };
  }

  async function labelsOf(node: string): Promise<Readonly<Record<string, string>>> {
    return ((await get('node', node)) as Node).metadata.labels ?? {};
  }

  it.each<[Record<string, string>, number | undefined, string | undefined]>([
    [{}, 262_144, '262144'],
    [{ [LABEL]: '262144' }, 65_530, '65530'],
    [{ [LABEL]: '262144' }, undefined, undefined],
  ])(
    'with the labels %j and the value %s labels its own node %s, and changes nothing else',
    async (labels, value, expected) => {
      const agent = await agentOn({ ...labels, role: 'search' });
      expect(await reconcile({ ...agent, read: () => value })).toBe(true);
      const after = await labelsOf(agent.node);
      expect([after[LABEL], after.role]).toEqual([expected, 'search']);
      expect(agent.writes).toHaveLength(1);
    },
  );

  it('writes nothing when the label is right already', async () => {
    const agent = await agentOn({ [LABEL]: '262144' });
    expect(await reconcile({ ...agent, read: () => 262_144 })).toBe(true);
    expect(agent.writes).toEqual([]);
    expect(agent.lines).toEqual([`node ${agent.node}: the label ${LABEL} is 262144 already`]);
  });

  const LABELLED = { metadata: { labels: { [LABEL]: '262144' } } };

  it.each<[string, object, string]>([
    ['another label', { metadata: { labels: { role: 'database' } } }, `may change no label but ${LABEL}`],
    ['the removal of another label', { metadata: { labels: { role: null } } }, `may change no label but ${LABEL}`],
    ['a label beside ours', { metadata: { labels: { [LABEL]: '1', more: 'x' } } }, `may change no label but ${LABEL}`],
    ['a value that is no integer', { metadata: { labels: { [LABEL]: '1e6' } } }, 'must be an integer'],
    ['a taint', { spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } }, 'may change nothing but a label'],
    ['a cordon', { spec: { unschedulable: true } }, 'may change nothing but a label'],
    ['an annotation', { metadata: { annotations: { a: 'b' } } }, 'may change nothing but a label'],
    ['a finalizer', { metadata: { finalizers: ['a.example/b'] } }, 'may change nothing but a label'],
  ])('is refused %s on its own node', async (_what, body, reason) => {
    const { kube, node } = await agentOn({ role: 'search' });
    const before = (await get('node', node)) as Node;
    const { status, body: answer } = await patch(kube, node, body);
    expect(status).toBe(403);
    expect(JSON.stringify(answer)).toContain(reason);
    const after = (await get('node', node)) as Node;
    expect([after.metadata.labels, after.metadata.annotations]).toEqual([
      before.metadata.labels,
      before.metadata.annotations,
    ]);
  });

  it('is refused our label on another node', async () => {
    const { kube, node } = await agentOn();
    const other = await createNode(here);
    const { status, body } = await patch(kube, other, LABELLED);
    expect(status).toBe(403);
    expect(JSON.stringify(body)).toContain(`may only update the node that its pod runs on (${node}), not ${other}`);
    expect(await labelsOf(other)).not.toHaveProperty([LABEL]);
  });

  it('is refused any node with a token that is bound to no pod', async () => {
    const { node } = await agentOn();
    const kube = connectKube({ kubeconfig: kubeconfigWith(here, await tokenOf(here, account)) });
    const { status, body } = await patch(kube, node, LABELLED);
    expect(status).toBe(403);
    expect(JSON.stringify(body)).toContain('its token names none');
  });

  it.each<[string, (node: string) => KubeRequest]>([
    [
      'the status of its node',
      (node) => ({ method: 'PATCH', path: `/api/v1/nodes/${node}/status`, body: {}, contentType: MERGE }),
    ],
    ['a new node', () => ({ method: 'POST', path: '/api/v1/nodes', body: { metadata: { name: 'new' } } })],
    ['the list of nodes', () => ({ path: '/api/v1/nodes' })],
    ['secrets', () => ({ path: '/api/v1/secrets' })],
  ])('is refused %s by RBAC', async (_what, request) => {
    const { kube, node } = await agentOn();
    expect(await kube.send(request(node))).toMatchObject({ status: 403 });
  });

  it('leaves the nodes to everybody else', async () => {
    const { node } = await agentOn();
    outputOf(await kubectl(['label', 'node', node, 'role=database', `${LABEL}=pool`]));
    expect(await labelsOf(node)).toMatchObject({ role: 'database', [LABEL]: 'pool' });
  });

  it('gives up at once, and says why, when its node is gone', async () => {
    const agent = await agentOn();
    outputOf(await kubectl(['delete', 'node', agent.node]));
    expect(await reconcile({ ...agent, read: () => 262_144 })).toBe(false);
    expect(agent.lines).toEqual([
      `node ${agent.node}: cannot set the label ${LABEL}: nodes "${agent.node}" not found (404); the label stays as it is, which may be wrong`,
    ]);
  });

  it('tries again while the API server is away, and labels the node when it is back', async () => {
    const { hostname, port } = serverOf(here);
    const door = createServer((socket) => {
      const inner = connect(Number(port), hostname);
      socket.pipe(inner).pipe(socket);
      for (const end of [socket, inner]) end.on('error', () => undefined);
    });
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
    const { port: outside } = door.address() as AddressInfo;
    await new Promise((resolve) => door.close(resolve));
    onTestFinished(() => void door.close());

    const agent = await agentOn();
    const kube = connectKube({ kubeconfig: kubeconfigWith(here, agent.token, `https://127.0.0.1:${outside}`) });
    const pauses: number[] = [];
    const wait = async (seconds: number) => {
      pauses.push(seconds);
      if (pauses.length === 2) await new Promise<void>((resolve) => door.listen(outside, '127.0.0.1', resolve));
    };
    expect(await reconcile({ ...agent, kube, wait, read: () => 262_144 })).toBe(true);
    expect(pauses).toEqual([1, 2]);
    expect(agent.lines[0]).toContain('ECONNREFUSED');
    expect(agent.lines[0]).toMatch(/; trying again in 1 s$/);
    expect(await labelsOf(agent.node)).toMatchObject({ [LABEL]: '262144' });
  });

  describe('as it is built', () => {
    const start = (kubeconfig: string, node: string, ...args: string[]): ChildProcess & { output: Promise<string> } => {
      const env = { ...process.env, KUBECONFIG: kubeconfig, NODE_NAME: node };
      const child = spawn(process.execPath, [SCRIPT, '--label', LABEL, ...args], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      return Object.assign(child, { output: text(child.stdout) });
    };

    it("labels the node with the kernel's own value, says so in one line and exits 0", async () => {
      const { node, token } = await agentOn();
      const child = start(kubeconfigWith(here, token), node);
      expect(await once(child, 'exit')).toEqual([0, null]);
      const value = readFileSync(VALUE_FILE, 'utf8').trim();
      expect(await child.output).toBe(
        `max-map-count: node ${node}: set the label ${LABEL} to ${value} (there was none)\n`,
      );
      expect(await labelsOf(node)).toMatchObject({ [LABEL]: value });
    });

    it('exits 1 with one line that says what it may not do', async () => {
      const { node } = await agentOn();
      const stranger = { namespace: account.namespace, name: 'default' };
      const child = start(kubeconfigWith(here, await tokenOf(here, stranger, node)), node);
      expect(await once(child, 'exit')).toEqual([1, null]);
      expect(await child.output).toMatch(
        /^[^\n]*User "system:serviceaccount:[^"]*:default" cannot get resource "nodes"[^\n]* \(403\);[^\n]*\n$/,
      );
    });

    it.each<[string[], string, string]>([
      [[], '', 'NODE_NAME is not set'],
      [['--every', '60'], 'n', "Unknown option '--every'"],
    ])('with %j and the node %j exits 2: %s', async (args, node, message) => {
      const child = start('', node, ...args);
      expect(await once(child, 'exit')).toEqual([2, null]);
      expect(await child.output).toContain(message);
    });
  });
});

const MERGE = 'application/merge-patch+json';

function patch(kube: Kube, node: string, body: object, query = '') {
  return kube.send({ method: 'PATCH', path: `/api/v1/nodes/${node}${query}`, contentType: MERGE, body });
}
