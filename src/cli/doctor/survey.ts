import { get, type JsonObject, objects, text, textMap } from '../../core/json.ts';
import type { Settings } from '../../core/settings.ts';
import { plain } from '../../input/plain.ts';
import type { Kube } from '../../kube.ts';
import { listAll, Refusal, read } from '../cluster.ts';
import type { Attempt } from './check-result.ts';
import { type Crash, crashesAmong } from './crash.ts';
import { type Probe, probe } from './probe.ts';
import { type Registration, registrationsIn } from './registration.ts';
import { type Served, servedAt } from './served-certificate.ts';

/** Everything that the checks look at, read from the cluster once. */
export interface Survey {
  /** Where the probe was tried. */
  readonly namespace: string;
  /** The only namespace to look at; undefined for all. */
  readonly only: string | undefined;
  readonly settings: Settings;
  readonly registrations: Attempt<readonly Registration[]>;
  readonly probe: Attempt<Probe>;
  /** By URL. */
  readonly served: ReadonlyMap<string, Served>;
  /** How many endpoints are ready, by `namespace/service`. */
  readonly endpoints: ReadonlyMap<string, Attempt<number>>;
  /** The labels of each namespace. */
  readonly namespaces: Attempt<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  readonly pods: Attempt<{ readonly items: readonly JsonObject[]; readonly isCut: boolean }>;
  readonly crashes: Attempt<readonly Crash[]>;
  readonly nodes: Attempt<readonly JsonObject[]>;
}

/** What to survey. */
export interface SurveyOptions {
  readonly only: string | undefined;
  /** The most pods to look at. */
  readonly limit: number;
  readonly settings: Settings;
  readonly progress: (line: string) => void;
}

/** Reads the cluster; what may not be read becomes the reason why a check cannot be made. */
export async function survey(kube: Kube, { only, limit, settings, progress }: SurveyOptions): Promise<Survey> {
  const namespace = only ?? kube.namespace;
  const all = { limit: Number.MAX_SAFE_INTEGER };
  const registrations = await attempt('list mutatingwebhookconfigurations', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
    return registrationsIn((await listAll(kube, path, all)).items);
  });
  const probed = await attempt(`create pods in namespace ${namespace} (dry run)`, () => probe(kube, namespace));
  const namespaces = await attempt(`${only ? 'get' : 'list'} namespaces`, () => namespacesOf(kube, only));
  const pods = await attempt(`list pods in ${only ? `namespace ${only}` : 'all namespaces'}`, () => {
    const path = only ? `/api/v1/namespaces/${encodeURIComponent(only)}/pods` : '/api/v1/pods';
    return listAll(kube, path, { limit, progress: (count) => progress(`pods read: ${count}`) });
  });
  const crashes = pods.ok ? await attempt('get pods/log', () => crashesAmong(kube, pods.value.items)) : pods;
  const nodes = await attempt('list nodes', async () => (await listAll(kube, '/api/v1/nodes', all)).items);
  const entries = registrations.ok ? registrations.value.flatMap((registration) => registration.entries) : [];
  const served = new Map<string, Served>();
  const endpoints = new Map<string, Attempt<number>>();
  for (const { url, service, caBundle } of entries) {
    if (url !== undefined && !served.has(url)) served.set(url, await servedAt(url, caBundle));
    const key = service && `${service.namespace}/${service.name}`;
    if (key && !endpoints.has(key)) endpoints.set(key, await readyEndpoints(kube, service));
  }
  return {
    namespace,
    only,
    settings,
    registrations,
    probe: probed,
    served,
    endpoints,
    namespaces,
    pods,
    crashes,
    nodes,
  };
}

async function attempt<T>(what: string, ask: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    const isForbidden = error instanceof Refusal && error.status === 403;
    return {
      ok: false,
      problem: isForbidden ? `you are not allowed to ${what} (403)` : `cannot ${what}: ${plain(error)}`,
    };
  }
}

async function namespacesOf(kube: Kube, only: string | undefined): Promise<Map<string, ReadonlyMap<string, string>>> {
  const found = only
    ? [await read(kube, `/api/v1/namespaces/${encodeURIComponent(only)}`)]
    : (await listAll(kube, '/api/v1/namespaces', { limit: Number.MAX_SAFE_INTEGER })).items;
  const named = found.map((namespace) => get(namespace, 'metadata'));
  return new Map(named.map((metadata) => [text(metadata, 'name') ?? '', textMap(metadata, 'labels')]));
}

async function readyEndpoints(kube: Kube, service: { namespace: string; name: string }): Promise<Attempt<number>> {
  const { namespace, name } = service;
  return attempt(`list endpointslices in namespace ${namespace}`, async () => {
    const path = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices`;
    const slices = await read(
      kube,
      `${path}?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${name}`)}`,
    );
    const endpoints = objects(slices, 'items').flatMap((slice) => objects(slice, 'endpoints'));
    return endpoints.filter((endpoint) => get(get(endpoint, 'conditions'), 'ready') !== false).length;
  });
}
