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
 * The pods of an OpenSearchCluster: of each node pool and of the bootstrap. The resource has no pod template; its parts have
 * some of the fields that a patch needs. Which ones differs between the two API groups (api/v1/opensearch_types.go of the
 * operator's 2.x releases, api/opensearch.org/v1/opensearch_types.go of 3.x).
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
  const settings = settingsOf(object, pool);
  const isHidden =
    isCurrent(object) && Object.entries(settings).some(([name, value]) => switchesMappingOff(name, value));
  return {
    pod: podOf(object, pool, own === true),
    part,
    ...(part !== 'bootstrap' && { ownerKind: 'StatefulSet' }),
    write: isCurrent(object) ? writeFields(base) : writeOldFields(base, part === 'bootstrap'),
    notes: [...(own === undefined ? [DEFAULT_NOTE] : []), ...(isHidden ? [hiddenNote(part)] : [])],
  };
}

function isCurrent(object: JsonObject): boolean {
  return text(object, 'apiVersion')?.startsWith('opensearch.org/') === true;
}

/** True for an OpenSearchCluster of the API group whose pods take no init container of ours. */
export function takesNoInitContainers(object: JsonObject): boolean {
  return object.kind === 'OpenSearchCluster' && !isCurrent(object);
}

// The parts of the resource hold the fields of a pod's metadata and spec side by side.
function writeFields(base: string): Template['write'] {
  return (patch) => {
    return patch.map((operation) => ({
      ...operation,
      path: `${base}${operation.path.replace(/^\/(?:spec|metadata)/, '')}`,
    }));
  };
}

// No initContainers anywhere, and no annotations in the bootstrap: the API server drops or refuses what the CRD does not have.
function writeOldFields(base: string, isBootstrap: boolean): Template['write'] {
  return (patch) => {
    if (patch.some(({ path }) => path.startsWith('/spec/initContainers'))) {
      return [{ op: 'add', path: '/spec/general/setVMMaxMapCount', value: true }];
    }
    return writeFields(base)(patch.filter(({ path }) => !isBootstrap || !path.startsWith('/metadata')));
  };
}

/** What stands in the place of an init container. */
export const VM_SWITCH_NOTE =
  'this API group has no initContainers: for manifests, spec.general.setVMMaxMapCount: true stands for it, by which the operator adds its own';

function switchesMappingOff(name: string, value: Json): boolean {
  return name === 'node.store.allow_mmap' && String(value) === 'false';
}

function hiddenNote(part: string): string {
  return (
    'additionalConfig switches memory mapping off, so these pods start at any value; the webhook cannot see it, because ' +
    `operators from 3.0 on keep it in a ConfigMap: give ${part} the annotation max-map-count.io/inject: "false"`
  );
}

// The resource's default is true in opensearch.org/v1; in opensearch.opster.io/v1 it depends on the operator.
function raisesItself(object: JsonObject): boolean | undefined {
  const stated = get(get(get(object, 'spec'), 'general'), 'setVMMaxMapCount');
  if (typeof stated === 'boolean') return stated;
  return isCurrent(object) ? true : undefined;
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
      containers: [containerOf(object, pool), ...objects(pool, 'sidecarContainers')],
      ...copied(pool, 'nodeSelector'),
      ...copied(pool, 'affinity'),
      ...copied(pool, 'tolerations'),
      ...copied(general, 'podSecurityContext', 'securityContext'),
    },
  };
}

function settingsOf(object: JsonObject, pool: unknown): JsonObject {
  return { ...mapAt(get(get(object, 'spec'), 'general'), 'additionalConfig'), ...mapAt(pool, 'additionalConfig') };
}

function containerOf(object: JsonObject, pool: unknown): JsonObject {
  const general = get(get(object, 'spec'), 'general');
  const repository = text(general, 'defaultRepo') ?? 'docker.io/opensearchproject';
  const image =
    text(pool, 'image') ?? text(general, 'image') ?? `${repository}/opensearch:${text(general, 'version') ?? ''}`;
  // Variables of the container in 2.x, a ConfigMap that no pod shows from 3.0 on.
  const config = isCurrent(object) ? {} : settingsOf(object, pool);
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
