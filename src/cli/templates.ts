import { get, isObject, type JsonObject, text } from '../core/json.ts';
import { podAt } from '../core/workload-objects.ts';
import { elasticsearchTemplates } from './eck.ts';
import { openSearchTemplates } from './opensearch-operator.ts';

/** A pod that an object of a manifest makes, and where it stands in the object. */
export interface Template {
  /** The pod as the API server will be asked for it, as far as the object tells. */
  readonly pod: JsonObject;
  /** Which of several pods of a custom resource: `nodeSets[0]`. */
  readonly part?: string;
  /** The kind of object that owns the pods, for the decision; undefined for a Pod. */
  readonly ownerKind?: string;
  /** JSON Pointer into the object for one into the pod. */
  readonly place: (pointer: string) => string;
  /** What the decision cannot know, or what a patch of the object brings with it, one sentence each. */
  readonly notes: readonly string[];
}

/** An object of a manifest. */
export interface ManifestObject {
  readonly object: JsonObject;
  /** JSON Pointer of the object in its document: empty, or `/items/3`. */
  readonly pointer: string;
}

/** The objects of a document: the object itself, or the items of a List or an OpenShift Template. */
export function objectsIn(content: unknown, pointer = ''): ManifestObject[] {
  if (!isObject(content)) return [];
  const kind = text(content, 'kind') ?? '';
  const key = kind.endsWith('List') ? 'items' : kind === 'Template' ? 'objects' : undefined;
  const items = key === undefined ? undefined : get(content, key);
  if (!Array.isArray(items)) return [{ object: content, pointer }];
  return items.flatMap((item, index) => objectsIn(item, `${pointer}/${key}/${index}`));
}

/** The pods that an object makes: of a Pod or built-in workload, of ECK's Elasticsearch, of an OpenSearchCluster. */
export function templatesOf(object: JsonObject): Template[] {
  const group = (text(object, 'apiVersion') ?? '').split('/')[0] ?? '';
  const kind = text(object, 'kind') ?? '';
  if (group === 'elasticsearch.k8s.elastic.co' && kind === 'Elasticsearch') return elasticsearchTemplates(object);
  if (kind === 'OpenSearchCluster' && /^opensearch\.(?:opster\.io|org)$/.test(group))
    return openSearchTemplates(object);
  const template = podAt(object);
  if (!template) return [];
  const { pod, path } = template;
  const place = (pointer: string) => `${path}${pointer}`;
  return [{ pod, ...(kind !== 'Pod' && { ownerKind: kind }), place, notes: [] }];
}

/** How people name an object. */
export interface Identity {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
}

/** The kind, namespace and name of an object; `namespace` stands in where it states none. */
export function identityOf(object: JsonObject, namespace: string | undefined): Identity {
  const metadata = get(object, 'metadata');
  return {
    kind: text(object, 'kind') ?? '',
    namespace: text(metadata, 'namespace') ?? namespace ?? null,
    name: text(metadata, 'name') ?? text(metadata, 'generateName') ?? '',
  };
}
