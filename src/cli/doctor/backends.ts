import { get, objects } from '../../core/json.ts';
import type { Kube } from '../../kube.ts';
import { listAll } from '../cluster.ts';
import { attempt } from './attempt.ts';
import type { Attempt } from './check-result.ts';
import { type OwnPod, ownPods } from './own-pods.ts';
import type { Entry, Webhook } from './registration.ts';
import { RIGHTS } from './rights.ts';
import { type Served, servedAt } from './served-certificate.ts';

/** What answers at each entry's URL, by URL. */
export async function servedBy(entries: readonly Entry[]): Promise<Map<string, Served>> {
  const served = new Map<string, Served>();
  for (const { url, caBundle } of entries) {
    if (url !== undefined && !served.has(url)) served.set(url, await servedAt(url, caBundle));
  }
  return served;
}

/** How many endpoints of each webhook's Service are ready, by `namespace/service`. */
export async function endpointsOf(kube: Kube, webhooks: readonly Webhook[]): Promise<Map<string, Attempt<number>>> {
  const endpoints = new Map<string, Attempt<number>>();
  for (const { service } of webhooks) {
    const key = service && `${service.namespace}/${service.name}`;
    if (key && !endpoints.has(key)) endpoints.set(key, await readyEndpoints(kube, service));
  }
  return endpoints;
}

/** Our own pods, by the namespaces of the Services that the entries name. */
export async function ownPodsOf(
  kube: Kube,
  entries: readonly Entry[],
): Promise<Map<string, Attempt<readonly OwnPod[]>>> {
  const namespaces = new Set(entries.flatMap(({ service }) => service?.namespace ?? []));
  const pods = new Map<string, Attempt<readonly OwnPod[]>>();
  for (const namespace of namespaces) {
    pods.set(
      namespace,
      await attempt(`list pods in namespace ${namespace}`, RIGHTS.pods, () => ownPods(kube, namespace)),
    );
  }
  return pods;
}

function readyEndpoints(
  kube: Kube,
  { namespace, name }: { namespace: string; name: string },
): Promise<Attempt<number>> {
  return attempt(`list endpointslices in namespace ${namespace}`, RIGHTS.endpoints, async () => {
    const path = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices`;
    const labelSelector = `kubernetes.io/service-name=${name}`;
    const { items } = await listAll(kube, path, { limit: Number.MAX_SAFE_INTEGER, labelSelector });
    const endpoints = items.flatMap((slice) => objects(slice, 'endpoints'));
    return endpoints.filter((endpoint) => get(get(endpoint, 'conditions'), 'ready') !== false).length;
  });
}
