import { get, isObject, type JsonObject, objects, text } from '../../core/json.ts';
import { podAt } from '../../core/pod-template.ts';
import { elasticsearchTemplates } from './eck.ts';
import { openSearchTemplates } from './opensearch-operator.ts';
import { type Template, writeAt } from './template.ts';

/**
 * The pods that an object makes: of a Pod or built-in workload, of ECK's Elasticsearch, of an OpenSearchCluster, of a
 * LeaderWorkerSet, and of whatever else holds a plain pod template at `spec.template`, such as an Argo Rollout, a Knative
 * Service or a CloneSet.
 */
export function templatesOf(object: JsonObject): Template[] {
  const group = groupOf(object);
  const kind = text(object, 'kind') ?? '';
  if (group === 'elasticsearch.k8s.elastic.co' && kind === 'Elasticsearch') return elasticsearchTemplates(object);
  if (kind === 'OpenSearchCluster' && /^opensearch\.(?:opster\.io|org)$/.test(group))
    return openSearchTemplates(object);
  if (kind === 'LeaderWorkerSet' && group.startsWith('leaderworkerset.')) return leaderWorkerTemplates(object);
  const template = podAt(object) ?? plainTemplate(object, ['spec', 'template']);
  if (!template) return [];
  const notes = group === 'serving.knative.dev' ? [KNATIVE_NOTE] : [];
  return [{ pod: template.pod, ...(kind !== 'Pod' && { ownerKind: kind }), write: writeAt(template.path), notes }];
}

/** The API group of an object; empty for the core group. */
export function groupOf(object: JsonObject): string {
  const [group = '', version] = (text(object, 'apiVersion') ?? '').split('/');
  return version === undefined ? '' : group;
}

// Knative's webhook refuses fields of its Services that a feature flag does not allow; the pods are other objects.
const KNATIVE_NOTE =
  'the webhook patches the pods; written into the Service itself, Knative refuses init containers and affinity unless its feature flags kubernetes.podspec-init-containers and kubernetes.podspec-affinity allow them';

function plainTemplate(object: JsonObject, keys: readonly string[]): { pod: JsonObject; path: string } | undefined {
  let pod: unknown = object;
  for (const key of keys) pod = get(pod, key);
  if (!isObject(pod) || objects(get(pod, 'spec'), 'containers').length === 0) return undefined;
  return { pod, path: keys.map((key) => `/${key}`).join('') };
}

// One pod of each group leads; without a template of its own it is made like the others (kubernetes-sigs/lws, api/v1).
function leaderWorkerTemplates(object: JsonObject): Template[] {
  return ['leaderTemplate', 'workerTemplate'].flatMap((part): Template[] => {
    const found = plainTemplate(object, ['spec', 'leaderWorkerTemplate', part]);
    return found ? [{ pod: found.pod, part, ownerKind: 'StatefulSet', write: writeAt(found.path), notes: [] }] : [];
  });
}
