import { get, type JsonObject, objects, text } from '../../core/json.ts';
import type { Kube } from '../../kube.ts';
import { listAll } from '../cluster.ts';
import { CHART_NAME } from './registration.ts';

/** A pod of the webhook itself. */
export interface OwnPod {
  readonly namespace: string;
  readonly name: string;
  readonly isReady: boolean;
  /** Why its server does not run, in the kubelet's or the scheduler's words; undefined when nobody says so. */
  readonly trouble: string | undefined;
  /** Containers that run beside the server and that the chart does not have. */
  readonly sidecars: readonly string[];
  /** As the API server has it. */
  readonly object: JsonObject;
}

/** The chart's only container. */
export const SERVER = 'webhook';
// More replicas than the autoscaler of the chart makes; a namespace with more pods of this name is no installation of ours.
const MOST = 100;

/** The pods behind a Service of ours, by the chart's label. */
export async function ownPods(kube: Kube, namespace: string): Promise<OwnPod[]> {
  const labelSelector = `app.kubernetes.io/name=${CHART_NAME}`;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const { items } = await listAll(kube, path, { limit: MOST, labelSelector });
  return items
    .filter((pod) => containersOf(pod).some(({ name }) => name === SERVER))
    .map((pod) => ownPod(pod, namespace));
}

function ownPod(object: JsonObject, namespace: string): OwnPod {
  const status = get(object, 'status');
  const server = objects(status, 'containerStatuses').find(({ name }) => name === SERVER);
  const native = objects(get(object, 'spec'), 'initContainers').filter(
    (init) => text(init, 'restartPolicy') === 'Always',
  );
  return {
    namespace,
    name: text(get(object, 'metadata'), 'name') ?? '',
    isReady: get(server, 'ready') === true,
    trouble: troubleOf(server, status),
    sidecars: [...containersOf(object), ...native].flatMap(({ name }) => (name === SERVER ? [] : [String(name)])),
    object,
  };
}

function containersOf(pod: JsonObject): JsonObject[] {
  return objects(get(pod, 'spec'), 'containers');
}

function troubleOf(server: JsonObject | undefined, status: unknown): string | undefined {
  const waiting = get(get(server, 'state'), 'waiting');
  const ended = get(get(server, 'lastState'), 'terminated') ?? get(get(server, 'state'), 'terminated');
  const unscheduled = objects(status, 'conditions').find((each) => {
    return text(each, 'type') === 'PodScheduled' && text(each, 'status') === 'False';
  });
  const parts = [
    [text(waiting, 'reason'), text(waiting, 'message')],
    [ended && `ended with exit code ${get(ended, 'exitCode')}`, text(ended, 'message')],
    [text(unscheduled, 'reason'), text(unscheduled, 'message')],
  ];
  const said = parts.map((part) => part.filter(Boolean).join(': ')).filter((part) => part !== '');
  return said.length > 0 ? said.join('; ') : undefined;
}
