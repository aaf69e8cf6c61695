import { get, isObject, type JsonObject, text, textMap } from '../../core/json.ts';
import { selects } from '../../core/label-selector.ts';
import type { Kube } from '../../kube.ts';
import { pages, Refusal, readNamed } from '../cluster.ts';
import { Failure } from '../failure.ts';

/** Where to look for pods. */
export interface Place {
  /** `NAME`, `pod/NAME`, `statefulset/NAME`; undefined for every pod there. */
  readonly reference: string | undefined;
  /** Undefined for all of them. */
  readonly namespace: string | undefined;
}

/** The pods that a reference names, of a workload those that its selector finds; without one all pods of the namespace. */
export async function* findPods(kube: Kube, { reference, namespace }: Place): AsyncGenerator<JsonObject> {
  if (reference === undefined) {
    yield* podsOf(kube, namespace);
    return;
  }
  if (namespace === undefined) throw new Failure(`${reference}: is in one namespace: name it with -n instead of -A`);
  const object = await readNamed(kube, reference, namespace);
  if (text(object, 'kind') === 'Pod' || reference.split('/').length === 1) {
    yield object;
    return;
  }
  const selector = selectorOf(object);
  if (selector === undefined) throw new Failure(`${reference}: does not say which pods are its own: name one of them`);
  for await (const pod of podsOf(kube, namespace)) {
    if (selects(selector, textMap(get(pod, 'metadata'), 'labels'))) yield pod;
  }
}

async function* podsOf(kube: Kube, namespace: string | undefined): AsyncGenerator<JsonObject> {
  const path = namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  try {
    for await (const { items } of pages(kube, path, Number.MAX_SAFE_INTEGER)) yield* items;
  } catch (error) {
    throw error instanceof Refusal ? new Failure(error.message) : error;
  }
}

// The labels by which operators know the pods of a resource.
const OPERATED: Readonly<Record<string, string>> = {
  Elasticsearch: 'elasticsearch.k8s.elastic.co/cluster-name',
  OpenSearchCluster: 'opensearch.org/opensearch-cluster',
};

// An empty selector would be every pod of the namespace.
function selectorOf(object: JsonObject): JsonObject | undefined {
  const [kind = '', name = ''] = [text(object, 'kind'), text(get(object, 'metadata'), 'name')];
  const label = Object.hasOwn(OPERATED, kind) ? OPERATED[kind] : undefined;
  if (label !== undefined) return { matchLabels: { [label]: name } };
  const stated = get(get(object, 'spec'), 'selector');
  if (!isObject(stated) || Object.keys(stated).length === 0) return undefined;
  return kind === 'ReplicationController' ? { matchLabels: stated } : stated;
}
