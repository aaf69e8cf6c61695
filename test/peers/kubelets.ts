// Stands in for kubelets: nodes stay ready, scheduled pods become Running and ready, deleted pods go away. Nothing runs.
import { setTimeout } from 'node:timers/promises';
import { get, type JsonObject, objects, text } from '../../src/core/json.ts';
import type { ApiClient } from '../support/api-client.ts';

const POLL_MILLISECONDS = 1500;
// The controller manager takes a node for lost after 50 s.
const HEARTBEAT_MILLISECONDS = 15_000;
const CAPACITY = { cpu: '64', memory: '256Gi', pods: '500' };
const CONDITIONS = ['PodReadyToStartContainers', 'Initialized', 'ContainersReady', 'Ready'];
const PODS = '/api/v1/pods?fieldSelector=spec.nodeName!=';

type Labels = Readonly<Record<string, string>>;

/** Creates nodes with these labels, by name, and plays their kubelets from now on until the process ends. */
export async function startKubelets(client: ApiClient, nodes: Readonly<Record<string, Labels>>): Promise<void> {
  for (const [name, labels] of Object.entries(nodes)) {
    const metadata = { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels } };
    await client.send('POST', '/api/v1/nodes', { metadata });
  }
  void play(client, Object.keys(nodes));
}

async function play(client: ApiClient, nodes: readonly string[]): Promise<void> {
  let beat = 0;
  for (;;) {
    if (Date.now() - beat > HEARTBEAT_MILLISECONDS) {
      beat = Date.now();
      for (const node of nodes) await client.send('PATCH', `/api/v1/nodes/${node}/status`, { status: nodeStatus() });
    }
    const { body } = await client.send('GET', PODS);
    for (const pod of objects(body, 'items')) await advance(client, pod);
    await setTimeout(POLL_MILLISECONDS);
  }
}

async function advance(client: ApiClient, pod: JsonObject): Promise<void> {
  const path = `/api/v1/namespaces/${text(pod.metadata, 'namespace')}/pods/${text(pod.metadata, 'name')}`;
  if (get(pod.metadata, 'deletionTimestamp') !== undefined) {
    await client.send('DELETE', path, { gracePeriodSeconds: 0 });
  } else if (text(pod.status, 'phase') === 'Pending') {
    await client.send('PATCH', `${path}/status`, { status: runningStatus(pod) });
  }
}

function nodeStatus(): object {
  const ready = { type: 'Ready', status: 'True', reason: 'Test', lastHeartbeatTime: now(), lastTransitionTime: now() };
  return { capacity: CAPACITY, allocatable: CAPACITY, conditions: [ready] };
}

function runningStatus(pod: JsonObject): object {
  const running = (container: JsonObject) => ({ name: text(container, 'name'), image: text(container, 'image') });
  const common = { imageID: 'none', restartCount: 0 };
  const ip = `198.51.100.${Math.floor(Math.random() * 250) + 1}`;
  return {
    ...{ phase: 'Running', podIP: ip, podIPs: [{ ip }], hostIP: '192.0.2.10', startTime: now() },
    conditions: CONDITIONS.map((type) => ({ type, status: 'True', lastTransitionTime: now() })),
    containerStatuses: objects(pod.spec, 'containers').map((container) => ({
      ...{ ...running(container), ...common, ready: true, started: true, state: { running: { startedAt: now() } } },
    })),
    initContainerStatuses: objects(pod.spec, 'initContainers').map((container) => ({
      ...{ ...running(container), ...common, ready: true, started: false },
      state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: now(), finishedAt: now() } },
    })),
  };
}

/** As the API writes times: without fractions of a second. */
function now(): string {
  return new Date().toISOString().replace(/\.\d+/, '');
}
