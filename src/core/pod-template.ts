import { get, isObject, type JsonObject, text } from './json.ts';

/** The pod inside an object that makes pods. */
export interface PodTemplate {
  /** A pod's `metadata` and `spec`: the object itself for a Pod, else its template. */
  readonly pod: JsonObject;
  /** JSON Pointer of the pod in the object; empty for a Pod. */
  readonly path: string;
}

const TEMPLATE_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ['template'],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  // OpenShift's older Deployment.
  DeploymentConfig: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The pod inside a Pod or a built-in workload object, with its place; undefined when the object makes no pods. */
export function podAt(object: unknown): PodTemplate | undefined {
  const kind = text(object, 'kind') ?? '';
  const path = Object.hasOwn(TEMPLATE_PATHS, kind) ? TEMPLATE_PATHS[kind] : undefined;
  if (!path) return undefined;
  let pod: unknown = object;
  for (const key of path) pod = get(pod, key);
  return isObject(pod) ? { pod, path: path.map((key) => `/${key}`).join('') } : undefined;
}
