import { type JsonObject, text } from '../../core/json.ts';
import { podAt } from '../../core/pod-template.ts';
import { elasticsearchTemplates } from './eck.ts';
import { openSearchTemplates } from './opensearch-operator.ts';
import type { Template } from './template.ts';

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
