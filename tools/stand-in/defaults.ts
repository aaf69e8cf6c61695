// What the API server adds to a pod before and after the webhooks saw it, as far as the example and its like need it:
// the defaults of https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ and the admission plugins
// ServiceAccount, Priority and DefaultTolerationSeconds.
import { isObject, type Json, type JsonObject, objects, textMap } from '../../src/core/json.ts';

const TOKEN_VOLUME = 'kube-api-access-stand';
const TOKEN_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const TOKEN_MOUNT = { name: TOKEN_VOLUME, readOnly: true, mountPath: TOKEN_FOLDER };
const MODE = 0o644;
const TOKEN_SOURCES: Json = [
  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  {
    downwardAPI: {
      items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
    },
  },
];
const CONTAINER: JsonObject = {
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};
const SPEC: JsonObject = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
  tolerations: ['not-ready', 'unreachable'].map((key) => {
    return { key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
  }),
  priority: 0,
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
};

const SERVICE_ACCOUNT: JsonObject = { serviceAccountName: 'default', serviceAccount: 'default' };

/** A pod with the API server's defaults; doing it twice is doing it once. */
export function withDefaults({ metadata, spec, ...rest }: JsonObject): JsonObject {
  const own = isObject(spec) ? withoutEmpty(spec, ['initContainers', 'volumes']) : {};
  const volumes = objects(own, 'volumes');
  // A mirror pod has no ServiceAccount: it shows what the kubelet runs anyway.
  const isMirror = textMap(metadata, 'annotations').has('kubernetes.io/config.mirror');
  const hasToken = !isMirror && own.automountServiceAccountToken !== false;
  const token = { name: TOKEN_VOLUME, projected: { sources: TOKEN_SOURCES, defaultMode: MODE } };
  const isThere = volumes.some(({ name }) => name === TOKEN_VOLUME);
  const all = hasToken && !isThere ? [...volumes, token] : volumes;
  const lists = Object.fromEntries(
    ['initContainers', 'containers']
      .filter((list) => own[list] !== undefined)
      .map((list) => [list, objects(own, list).map((container) => containerDefaults(container, hasToken))]),
  );
  return {
    ...rest,
    metadata: isObject(metadata) ? withoutEmpty(metadata, ['annotations', 'labels']) : {},
    spec: { ...SPEC, ...(!isMirror && SERVICE_ACCOUNT), ...own, ...(all.length > 0 && { volumes: all }), ...lists },
  };
}

function containerDefaults(container: JsonObject, hasToken: boolean): JsonObject {
  const { image, ports, volumeMounts } = container;
  const mounts = Array.isArray(volumeMounts) ? volumeMounts : [];
  const isMounted = mounts.some((mount) => isObject(mount) && mount.mountPath === TOKEN_FOLDER);
  const all = hasToken && !isMounted ? [...mounts, TOKEN_MOUNT] : mounts;
  return {
    imagePullPolicy: pullPolicy(String(image ?? '')),
    ...CONTAINER,
    ...container,
    ...(isObject(container.resources) && { resources: withRequests(container.resources) }),
    ...(Array.isArray(ports) && { ports: objects(container, 'ports').map((port) => ({ protocol: 'TCP', ...port })) }),
    ...(all.length > 0 && { volumeMounts: all }),
  };
}

/** A limit without a request is a request, too. */
function withRequests({ requests, ...resources }: JsonObject): JsonObject {
  const { limits } = resources;
  if (!isObject(limits)) return requests === undefined ? resources : { ...resources, requests };
  return { ...resources, requests: { ...limits, ...(isObject(requests) ? requests : {}) } };
}

/** An image without tag and digest is the latest one. */
function pullPolicy(image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  return image.includes('@') || (name.includes(':') && !name.endsWith(':latest')) ? 'IfNotPresent' : 'Always';
}

/** The API server's objects have no empty lists and maps in these places. */
function withoutEmpty(object: JsonObject, keys: readonly string[]): JsonObject {
  const isEmpty = (value: Json) => value === null || (typeof value === 'object' && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => !keys.includes(key) || !isEmpty(value)));
}
