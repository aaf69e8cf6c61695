import { get, isObject, type JsonObject, objects, text } from '../../src/core/json.ts';
import type { Case } from './cases.ts';

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
}

// Which object owns the pods of a workload object.
const OWNERS: Readonly<Record<string, Owner>> = {
  Deployment: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  ReplicaSet: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  StatefulSet: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  DaemonSet: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  ReplicationController: { apiVersion: 'v1', kind: 'ReplicationController' },
  Job: { apiVersion: 'batch/v1', kind: 'Job' },
  CronJob: { apiVersion: 'batch/v1', kind: 'Job' },
};

/**
 * The pod of a case as its controller would send it to the API server: with a name, an owner and the claims of a
 * StatefulSet. Its namespace and ServiceAccount are left out, since a test has its own.
 */
export function createdPod({ name: caseName, object, pod, ownerKind }: Case): JsonObject {
  const { namespace: _, ...metadata } = isObject(pod.metadata) ? pod.metadata : {};
  const { serviceAccountName, serviceAccount, ...spec } = isObject(pod.spec) ? pod.spec : {};
  const hasName = 'name' in metadata || 'generateName' in metadata;
  const name = text(metadata, 'name') ?? caseName;
  const claims = claimsOf(object).map((claim) => {
    return { name: claim, persistentVolumeClaim: { claimName: `${claim}-${name}` } };
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, ...(!hasName && { name }), ...ownership(ownerKind, name) },
    spec: { ...spec, ...(claims.length > 0 && { volumes: [...objects(spec, 'volumes'), ...claims] }) },
  };
}

function ownership(workloadKind: string, name: string): JsonObject {
  const owner = OWNERS[workloadKind];
  if (!owner) return {};
  const uid = '6f5a2a9c-0000-4000-8000-000000000000';
  return { ownerReferences: [{ ...owner, name, uid, controller: true, blockOwnerDeletion: true }] };
}

function claimsOf(workload: JsonObject): string[] {
  const templates = objects(get(workload, 'spec'), 'volumeClaimTemplates');
  return templates.flatMap((template) => text(get(template, 'metadata'), 'name') ?? []);
}
