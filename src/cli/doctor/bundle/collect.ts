import { get, type JsonObject, objects, text } from '../../../core/json.ts';
import type { Kube } from '../../../kube.ts';
import { listAll, read } from '../../cluster.ts';
import { attempt } from '../attempt.ts';
import type { Attempt } from '../check-result.ts';
import { type OwnPod, SERVER } from '../own-pods.ts';
import { RIGHTS } from '../rights.ts';
import type { Survey } from '../survey.ts';
import { hashOf, only } from './redact.ts';

const MOST_EVENTS = 500;
const MOST_LOGS = 10;
const LOG = { container: SERVER, tailLines: '1000', limitBytes: '1048576' };

/** The pods of the webhook as far as they tell of its state: no environment, no arguments, no annotations. */
export function podsOf(survey: Survey): Attempt<JsonObject[]> {
  const all = [...survey.ownPods.values()];
  const failed = all.find((each) => !each.ok);
  return failed ?? { ok: true, value: ownPodsIn(survey).map(({ object }) => podFacts(object)) };
}

function ownPodsIn({ ownPods }: Survey): OwnPod[] {
  return [...ownPods.values()].flatMap((pods) => (pods.ok ? pods.value : []));
}

function podFacts(pod: JsonObject): JsonObject {
  const [metadata, spec, status] = [get(pod, 'metadata'), get(pod, 'spec'), get(pod, 'status')];
  const containers = (key: string) => objects(spec, key).map((each) => only(each, ['name', 'image', 'resources']));
  return {
    metadata: only(metadata, ['namespace', 'name', 'labels', 'creationTimestamp', 'deletionTimestamp']),
    spec: {
      ...only(spec, ['nodeName']),
      containers: containers('containers'),
      initContainers: containers('initContainers'),
    },
    status: {
      ...only(status, ['phase', 'reason', 'message', 'conditions', 'startTime']),
      containerStatuses: objects(status, 'containerStatuses').map(stateOf),
      initContainerStatuses: objects(status, 'initContainerStatuses').map(stateOf),
    },
  };
}

// A termination message is the end of a log, and of other logs than our server's nobody knows what they hold.
function stateOf(container: JsonObject): JsonObject {
  const states = container.name === SERVER ? ['state', 'lastState'] : [];
  return only(container, ['name', 'image', 'ready', 'restartCount', ...states]);
}

/** The configuration that the chart rendered, with its hash. */
export function configurationsOf({ rendered }: Survey): Attempt<JsonObject[]> {
  if (!rendered.ok) return rendered;
  const value = rendered.value.map(({ namespace, name, content }) => {
    return { namespace, name, sha256: hashOf(content), 'config.yaml': content };
  });
  return { ok: true, value };
}

/** The events of the webhook's pods and of what makes them. */
export async function eventsOf(kube: Kube, { ownPods }: Survey): Promise<Attempt<JsonObject[]>> {
  const all: JsonObject[] = [];
  for (const [namespace, pods] of ownPods) {
    const names = pods.ok ? pods.value.map(({ name }) => name) : [];
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
    const found = await attempt(`list events in namespace ${namespace}`, RIGHTS.events, () =>
      listAll(kube, path, { limit: MOST_EVENTS }),
    );
    if (!found.ok) return found;
    all.push(...found.value.items.filter((event) => concerns(event, names)).map(eventFacts));
  }
  return { ok: true, value: all };
}

// A ReplicaSet's name is the beginning of its pods', a Deployment's that of its ReplicaSets'.
function concerns(event: JsonObject, pods: readonly string[]): boolean {
  const about = text(get(event, 'involvedObject'), 'name') ?? '';
  return about !== '' && pods.some((name) => name === about || name.startsWith(`${about}-`));
}

function eventFacts(event: JsonObject): JsonObject {
  const about = only(get(event, 'involvedObject'), ['kind', 'namespace', 'name']);
  const keys = ['type', 'reason', 'message', 'count', 'firstTimestamp', 'lastTimestamp', 'eventTime'];
  return { ...only(event, keys), about };
}

// The fields of a line about a review; whatever else a line may hold is left out.
const DECISION = [
  ...['time', 'level', 'msg', 'namespace', 'name', 'uid', 'dryRun', 'path'],
  ...['workload', 'value', 'strategy', 'reason', 'container'],
];

/** The last decisions from the logs of the webhook's pods, a line of JSON each. */
export async function decisionsOf(kube: Kube, survey: Survey): Promise<Attempt<string>> {
  const lines: string[] = [];
  for (const { namespace, name } of ownPodsIn(survey).slice(0, MOST_LOGS)) {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log`;
    const log = await attempt(`get the log of pod ${namespace}/${name}`, RIGHTS.logs, () =>
      read(kube, `${path}?${new URLSearchParams(LOG)}`),
    );
    if (!log.ok) return log;
    lines.push(...String(log.value).split('\n').flatMap(decisionIn));
  }
  return { ok: true, value: lines.map((line) => `${line}\n`).join('') };
}

function decisionIn(line: string): string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return text(entry, 'reason') === undefined ? [] : [JSON.stringify(only(entry, DECISION))];
  } catch {
    return [];
  }
}

/** The versions of everything that takes part; nodes that are alike are counted. */
export async function versionsOf(kube: Kube, survey: Survey, plugin: string): Promise<JsonObject> {
  const kubernetes = await attempt(
    'get /version',
    RIGHTS.nodes,
    async () => text(await read(kube, '/version'), 'gitVersion') ?? null,
  );
  const webhook = ownPodsIn(survey).flatMap(({ object }) =>
    objects(get(object, 'spec'), 'containers').map((each) => text(each, 'image') ?? ''),
  );
  const kinds = new Map<string, number>();
  for (const node of survey.nodes.ok ? survey.nodes.value : []) {
    const info = get(get(node, 'status'), 'nodeInfo');
    const kind = JSON.stringify(
      only(info, ['osImage', 'kernelVersion', 'containerRuntimeVersion', 'kubeletVersion', 'architecture']),
    );
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return {
    plugin,
    node: process.version,
    kubernetes: kubernetes.ok ? kubernetes.value : kubernetes.problem,
    webhook: [...new Set(webhook)],
    nodes: [...kinds].map(([kind, count]) => ({ count, ...JSON.parse(kind) })),
  };
}
