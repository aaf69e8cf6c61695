import { get, isObject, type JsonObject, objects, strings, text, textMap } from './json.ts';

/** One `env` entry; `value` is undefined when it comes from somewhere that the pod does not show. */
export interface EnvVar {
  readonly name: string;
  readonly value: string | undefined;
  readonly path: string;
}

/** One `volumeMounts` entry; `mountPath` has no trailing slash. */
export interface VolumeMount {
  readonly mountPath: string;
  readonly readOnly: boolean;
  readonly path: string;
}

/** The part of a container that decides something. */
export interface Container {
  readonly raw: JsonObject;
  /** JSON Pointer of the container in the pod. */
  readonly path: string;
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  /** True when `envFrom` brings variables that the pod does not show. */
  readonly hasEnvFrom: boolean;
  readonly ports: readonly number[];
  readonly mounts: readonly VolumeMount[];
  readonly privileged: boolean;
  /** The user that the pod states for this container (its own, else the pod's); undefined leaves it to the image. */
  readonly runAsUser: number | undefined;
  readonly runAsNonRoot: boolean;
  /** True for a native sidecar: an init container with `restartPolicy: Always`. */
  readonly isSidecar: boolean;
}

/** The part of a pod that decides something; unknown fields stay in `raw` and survive, since patches are made by JSON Pointer. */
export interface Pod {
  readonly raw: JsonObject;
  readonly spec: JsonObject;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly ownerKinds: readonly string[];
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
}

/**
 * The view of a pod that was decoded from JSON, or undefined when it does not have the shape of one:
 * no spec, no container, or a container list that is not a list of objects. Never throws.
 */
export function readPod(raw: unknown): Pod | undefined {
  const spec = get(raw, 'spec');
  if (!isObject(raw) || !isObject(spec)) return undefined;
  const metadata = get(raw, 'metadata');
  if (metadata !== undefined && metadata !== null && !isObject(metadata)) return undefined;
  const containers = readContainers(spec, 'containers');
  const initContainers = readContainers(spec, 'initContainers');
  if (!containers || !initContainers || containers.length === 0) return undefined;
  return {
    raw,
    spec,
    labels: textMap(metadata, 'labels'),
    annotations: textMap(metadata, 'annotations'),
    ownerKinds: objects(metadata, 'ownerReferences').flatMap((owner) => text(owner, 'kind') ?? []),
    containers,
    initContainers,
  };
}

function readContainers(spec: JsonObject, key: 'containers' | 'initContainers'): Container[] | undefined {
  const list = get(spec, key) ?? [];
  if (!Array.isArray(list) || !list.every(isObject)) return undefined;
  return list.map((raw, index) => readContainer(raw, `/spec/${key}/${index}`, get(spec, 'securityContext')));
}

function readContainer(raw: JsonObject, path: string, podSecurity: unknown): Container {
  const security = get(raw, 'securityContext');
  const user = get(security, 'runAsUser') ?? get(podSecurity, 'runAsUser');
  return {
    raw,
    path,
    name: text(raw, 'name') ?? '',
    image: text(raw, 'image') ?? '',
    command: strings(raw, 'command'),
    args: strings(raw, 'args'),
    env: objects(raw, 'env').map((entry, index) => ({
      name: text(entry, 'name') ?? '',
      value: isObject(get(entry, 'valueFrom')) ? undefined : (text(entry, 'value') ?? ''),
      path: `${path}/env/${index}`,
    })),
    hasEnvFrom: objects(raw, 'envFrom').length > 0,
    ports: objects(raw, 'ports').flatMap((port) => {
      const number = get(port, 'containerPort');
      return typeof number === 'number' ? number : [];
    }),
    mounts: objects(raw, 'volumeMounts').map((mount, index) => ({
      mountPath: withoutTrailingSlashes(text(mount, 'mountPath') ?? ''),
      readOnly: get(mount, 'readOnly') === true,
      path: `${path}/volumeMounts/${index}`,
    })),
    privileged: get(security, 'privileged') === true,
    runAsUser: typeof user === 'number' ? user : undefined,
    runAsNonRoot: (get(security, 'runAsNonRoot') ?? get(podSecurity, 'runAsNonRoot')) === true,
    isSidecar: text(raw, 'restartPolicy') === 'Always',
  };
}

// Not a regular expression: /\/+$/ takes quadratic time on a long run of slashes.
function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}
