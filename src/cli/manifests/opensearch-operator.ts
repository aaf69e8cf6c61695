import { get, isObject, type Json, type JsonObject, objects, text } from '../../core/json.ts';
import type { Template } from './template.ts';

// The privileged init container that the operator adds by itself (opensearch-k8s-operator, pkg/builders/cluster.go).
const INIT_SYSCTL: JsonObject = {
  name: 'init-sysctl',
  image: 'docker.io/busybox:latest',
  command: ['sysctl', '-w', 'vm.max_map_count=262144'],
  securityContext: { privileged: true },
};

/**
 * The pods of an OpenSearchCluster: of each node pool and of the bootstrap. The resource has no pod template; its node
 * pools have the fields that a patch needs: annotations, affinity and, in current operators, initContainers.
 */
export function openSearchTemplates(object: JsonObject): Template[] {
  const spec = get(object, 'spec');
  const pools = objects(spec, 'nodePools').map((pool, index) => {
    return templateOf(object, pool, `nodePools[${index}]`, `/spec/nodePools/${index}`);
  });
  return [templateOf(object, get(spec, 'bootstrap') ?? {}, 'bootstrap', '/spec/bootstrap'), ...pools];
}

function templateOf(object: JsonObject, pool: unknown, part: string, base: string): Template {
  const own = raisesItself(object);
  return {
    pod: podOf(object, pool, own === true),
    part,
    ...(part !== 'bootstrap' && { ownerKind: 'StatefulSet' }),
    place: (pointer) => `${base}${pointer.replace(/^\/(?:spec|metadata)/, '')}`,
    notes: own === undefined ? [DEFAULT_NOTE] : [],
  };
}

// The resource's default is true in opensearch.org/v1; in opensearch.opster.io/v1 it depends on the operator.
function raisesItself(object: JsonObject): boolean | undefined {
  const stated = get(get(get(object, 'spec'), 'general'), 'setVMMaxMapCount');
  if (typeof stated === 'boolean') return stated;
  return text(object, 'apiVersion')?.startsWith('opensearch.org/') ? true : undefined;
}

const DEFAULT_NOTE =
  'spec.general.setVMMaxMapCount is not set: operators of the 2.x series then leave the value alone, later ones may raise it themselves';

function podOf(object: JsonObject, pool: unknown, raises: boolean): JsonObject {
  const general = get(get(object, 'spec'), 'general');
  const labels = {
    'opensearch.org/opensearch-cluster': text(get(object, 'metadata'), 'name') ?? '',
    ...(text(pool, 'component') && { 'opensearch.org/opensearch-nodepool': text(pool, 'component') ?? '' }),
    ...mapAt(pool, 'labels'),
  };
  const annotations = get(pool, 'annotations');
  const initContainers = [...objects(pool, 'initContainers'), ...(raises ? [INIT_SYSCTL] : [])];
  return {
    metadata: { labels, ...(isObject(annotations) && { annotations }) },
    spec: {
      ...(initContainers.length > 0 && { initContainers }),
      containers: [containerOf(general, pool), ...objects(pool, 'sidecarContainers')],
      ...copied(pool, 'nodeSelector'),
      ...copied(pool, 'affinity'),
      ...copied(pool, 'tolerations'),
      ...copied(general, 'podSecurityContext', 'securityContext'),
    },
  };
}

function containerOf(general: unknown, pool: unknown): JsonObject {
  const repository = text(general, 'defaultRepo') ?? 'docker.io/opensearchproject';
  const image =
    text(pool, 'image') ?? text(general, 'image') ?? `${repository}/opensearch:${text(general, 'version') ?? ''}`;
  const config = { ...mapAt(general, 'additionalConfig'), ...mapAt(pool, 'additionalConfig') };
  const settings = Object.entries(config).map(([name, value]): JsonObject => ({ name, value: String(value) }));
  return {
    name: 'opensearch',
    image,
    env: [{ name: 'discovery.seed_hosts', value: 'discovery' }, ...settings, ...objects(pool, 'env')],
    ...copied(pool, 'resources'),
    ...copied(general, 'securityContext'),
  };
}

function copied(value: unknown, key: string, target = key): Record<string, Json> {
  const found = get(value, key);
  return found === undefined || found === null ? {} : { [target]: found };
}

function mapAt(value: unknown, key: string): JsonObject {
  const found = get(value, key);
  return isObject(found) ? found : {};
}

/** What an init container in a node pool needs. */
export const POOL_INIT_NOTE =
  'an operator whose node pools have no initContainers refuses this: set spec.general.setVMMaxMapCount: true instead';
