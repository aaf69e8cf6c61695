import { get, type JsonObject, objects, text, textMap } from '../../core/json.ts';

/** What made a pod, as a person would name it, and how to have the pod made again. */
export interface Controller {
  /** `StatefulSet search/es`. */
  readonly name: string;
  readonly kind: string;
  readonly namespace: string;
  /** Its own name: `es`. */
  readonly workload: string;
  /** A command for it. */
  readonly restart: string;
}

const RESTARTABLE = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** The workload behind a pod: a ReplicaSet stands for its Deployment. */
export function controllerOf(pod: JsonObject): Controller {
  const metadata = get(pod, 'metadata');
  const namespace = text(metadata, 'namespace') ?? '';
  const podName = text(metadata, 'name') ?? '';
  const owner = objects(metadata, 'ownerReferences').find((reference) => get(reference, 'controller') === true);
  const hash = textMap(metadata, 'labels').get('pod-template-hash');
  const ownerName = text(owner, 'name') ?? '';
  const isDeployment = text(owner, 'kind') === 'ReplicaSet' && hash !== undefined && ownerName.endsWith(`-${hash}`);
  const kind = isDeployment ? 'Deployment' : (text(owner, 'kind') ?? 'Pod');
  const name = isDeployment ? ownerName.slice(0, -hash.length - 1) : ownerName || podName;
  const restart = RESTARTABLE.includes(kind)
    ? `kubectl -n ${namespace} rollout restart ${kind.toLowerCase()}/${name}`
    : owner
      ? `kubectl -n ${namespace} delete pod ${podName}   # its ${kind} makes it again`
      : `kubectl -n ${namespace} get pod ${podName} -o yaml > pod.yaml && kubectl replace --force -f pod.yaml`;
  return { name: `${kind} ${namespace}/${name}`, kind, namespace, workload: name, restart };
}
