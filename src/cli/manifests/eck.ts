import { get, isObject, type JsonObject, objects, text } from '../../core/json.ts';
import { type Template, writeAt } from './template.ts';

// What ECK gives the container when the podTemplate says nothing (cloud-on-k8s, pkg/controller/elasticsearch/nodespec).
const DEFAULT_RESOURCES = { requests: { memory: '2Gi' }, limits: { memory: '2Gi' } };

/**
 * The pods of ECK's Elasticsearch resource, one per node set, with what the operator adds to the podTemplate as far as it
 * decides anything: the container, its image and resources, and the labels.
 */
export function elasticsearchTemplates(object: JsonObject): Template[] {
  const spec = get(object, 'spec');
  return objects(spec, 'nodeSets').map((nodeSet, index) => {
    return {
      pod: podOf(object, get(nodeSet, 'podTemplate') ?? {}),
      part: `nodeSets[${index}]`,
      ownerKind: 'StatefulSet',
      write: writeAt(`/spec/nodeSets/${index}/podTemplate`),
      notes: notesOn(nodeSet, index),
    };
  });
}

function podOf(object: JsonObject, podTemplate: unknown): JsonObject {
  const spec = get(object, 'spec');
  const version = text(spec, 'version') ?? '';
  const metadata = get(podTemplate, 'metadata');
  const podSpec = get(podTemplate, 'spec');
  const containers = objects(podSpec, 'containers');
  const own = containers.find((container) => text(container, 'name') === 'elasticsearch');
  const image = text(spec, 'image') || `docker.elastic.co/elasticsearch/elasticsearch:${version}`;
  const container = { name: 'elasticsearch', image, resources: DEFAULT_RESOURCES, ...own };
  const others = containers.filter((other) => other !== own);
  const labels = {
    'common.k8s.elastic.co/type': 'elasticsearch',
    'elasticsearch.k8s.elastic.co/cluster-name': text(get(object, 'metadata'), 'name') ?? '',
    'elasticsearch.k8s.elastic.co/version': version,
  };
  return {
    metadata: { ...(isObject(metadata) ? metadata : {}), labels: { ...labels, ...mapAt(metadata, 'labels') } },
    spec: { ...(isObject(podSpec) ? podSpec : {}), containers: [container, ...others] },
  };
}

function mapAt(value: unknown, key: string): JsonObject {
  const found = get(value, key);
  return isObject(found) ? found : {};
}

function notesOn(nodeSet: JsonObject, index: number): string[] {
  const config = mapAt(nodeSet, 'config');
  const nested = get(get(get(config, 'node'), 'store'), 'allow_mmap');
  const allowMmap = get(config, 'node.store.allow_mmap') ?? nested;
  if (allowMmap !== false && allowMmap !== 'false') return [];
  return [
    `nodeSets[${index}].config switches memory mapping off, so this node set starts at any value; the webhook cannot see it, ` +
      'because ECK keeps the configuration in a Secret: give its podTemplate the annotation max-map-count.io/inject: "false"',
  ];
}

/** What an affinity in a podTemplate of ECK costs. */
export const ECK_AFFINITY_NOTE =
  'ECK drops its own anti-affinity (one node per host, preferred) once a podTemplate has an affinity: add it there if you want it';
