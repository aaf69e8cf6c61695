// Node objects without a machine: enough for the scheduler, which only reads them.
import { get, objects } from '../../src/core/json.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { type ApiAnswer, type ApiClient, refusalOf } from './api-client.ts';

const SECONDS = 20;
const CAPACITY = { cpu: '64', memory: '256Gi', pods: '500' };
// Pods of other tests stay Pending, as in a cluster without nodes.
const TAINT = { key: 'tests-only', value: 'yes', effect: 'NoSchedule' };

/** What a pod needs to be scheduled on these nodes at all. */
export const TOLERATION = { key: TAINT.key, operator: 'Exists' };

/** Creates ready nodes with these labels, by name, and returns the way to remove them. */
export async function createNodes(
  client: ApiClient,
  nodes: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<() => Promise<void>> {
  await Promise.all(Object.entries(nodes).map(([name, labels]) => createNode(client, name, labels)));
  return async () => {
    await Promise.all(Object.keys(nodes).map((name) => client.send('DELETE', `/api/v1/nodes/${name}`)));
  };
}

async function createNode(client: ApiClient, name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  const metadata = { name, labels: { 'kubernetes.io/hostname': name, ...labels } };
  accepted(await client.send('POST', '/api/v1/nodes', { metadata, spec: { taints: [TAINT] } }));
  const now = new Date().toISOString();
  const ready = { type: 'Ready', status: 'True', reason: 'Test', lastHeartbeatTime: now, lastTransitionTime: now };
  const status = { capacity: CAPACITY, allocatable: CAPACITY, conditions: [ready] };
  accepted(await client.send('PATCH', `/api/v1/nodes/${name}/status`, { status }));
  // The API server taints every new node, and the controller manager takes that back for a ready one.
  const isOpen = async () => {
    const { body } = await client.send('GET', `/api/v1/nodes/${name}`);
    const others = objects(body.spec, 'taints').filter(({ key }) => key !== TAINT.key);
    if (others.length > 0) throw new Error(`it is tainted with ${others.map(({ key }) => key)}`);
  };
  await eventually(`waiting for node ${name}`, isOpen, { seconds: SECONDS });
}

/** The node that the scheduler chose for a pod, or `Unschedulable` once it has said so. */
export function nodeOf(client: ApiClient, namespace: string, pod: string): Promise<string> {
  const look = async () => {
    const { body } = await client.send('GET', `/api/v1/namespaces/${namespace}/pods/${pod}`);
    const node = get(body.spec, 'nodeName');
    if (typeof node === 'string') return node;
    const [scheduled] = objects(body.status, 'conditions').filter(({ type }) => type === 'PodScheduled');
    if (scheduled?.reason !== 'Unschedulable') throw new Error('the scheduler has not tried it yet');
    return 'Unschedulable';
  };
  return eventually(`waiting for the scheduler's word on pod ${pod}`, look, { seconds: SECONDS });
}

function accepted(answer: ApiAnswer): void {
  if (answer.status >= 300) throw new Error(`${answer.status}: ${refusalOf(answer)}`);
}
