import { WORKLOAD } from '../../core/annotations.ts';
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
  /** The same, with the annotation that says which workload it is. */
  readonly declare: (workload: string) => string;
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
  const restart = commands(namespace, kind, name, podName);
  return { name: `${kind} ${namespace}/${name}`, kind, namespace, workload: name, ...restart };
}

function commands(namespace: string, kind: string, name: string, pod: string): Pick<Controller, 'restart' | 'declare'> {
  const kubectl = `kubectl -n ${namespace}`;
  if (RESTARTABLE.includes(kind)) {
    const object = shellWord(`${kind.toLowerCase()}/${name}`);
    return {
      restart: `${kubectl} rollout restart ${object}`,
      declare: (workload) => `${kubectl} patch ${object} --type merge -p '${JSON.stringify(annotated(workload))}'`,
    };
  }
  if (kind !== 'Pod') {
    return {
      restart: `${kubectl} delete pod ${pod}   # its ${kind} makes it again`,
      declare: (workload) => `add the annotation ${annotation(workload)} to the pod template of ${kind} ${name}`,
    };
  }
  const read = `${kubectl} get pod ${pod} -o yaml`;
  const local = 'kubectl annotate --local -f - -o yaml';
  return {
    restart: `${read} > pod.yaml && kubectl replace --force -f pod.yaml`,
    declare: (workload) =>
      `${read} | ${local} ${WORKLOAD}=${workload} > pod.yaml && kubectl replace --force -f pod.yaml`,
  };
}

// The author of a pod writes its owner's name, and the reader of a report pastes commands.
function shellWord(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function annotation(workload: string): string {
  return `${WORKLOAD}: ${workload}`;
}

function annotated(workload: string): object {
  return { spec: { template: { metadata: { annotations: { [WORKLOAD]: workload } } } } };
}
