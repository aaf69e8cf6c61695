import { get, isObject, type JsonObject, text } from '../../core/json.ts';
import type { Identity } from '../manifests/object.ts';
import type { Template } from '../manifests/template.ts';

// What the API server sets, and refuses or ignores in a new object.
const SERVER_FIELDS = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'managedFields',
  'selfLink',
];
// Kinds whose ownership the webhook takes into account; the uid is nobody's.
const TELLING_OWNERS: Readonly<Record<string, string>> = { Job: 'batch/v1', CronJob: 'batch/v1', DaemonSet: 'apps/v1' };
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The pod as its controller would ask for it, for `kubectl create --dry-run=server`; not patched: that is the webhook's part. */
export function plainPod({ pod, ownerKind }: Template, { namespace, name }: Identity): JsonObject {
  const metadata = get(pod, 'metadata');
  const kept = Object.entries(isObject(metadata) ? metadata : {}).filter(([key]) => !SERVER_FIELDS.includes(key));
  const own: JsonObject = Object.fromEntries(kept);
  const owner = ownerKind === undefined ? undefined : ownerOf(ownerKind, name);
  const isNamed = ownerKind === undefined && (text(own, 'name') || text(own, 'generateName'));
  const { name: _, generateName: __, ...rest } = own;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(isNamed ? own : { ...rest, generateName: `${name || 'pod'}-` }),
      ...(namespace !== null && { namespace }),
      ...(owner && { ownerReferences: [owner] }),
    },
    spec: get(pod, 'spec') ?? null,
  };
}

function ownerOf(kind: string, name: string): JsonObject | undefined {
  const apiVersion = Object.hasOwn(TELLING_OWNERS, kind) ? TELLING_OWNERS[kind] : undefined;
  if (apiVersion === undefined) return undefined;
  // A CronJob owns Jobs, and these the pods.
  return {
    apiVersion,
    kind: kind === 'CronJob' ? 'Job' : kind,
    name: name || 'unnamed',
    uid: NOBODY,
    controller: true,
  };
}
