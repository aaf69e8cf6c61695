import { randomBytes } from 'node:crypto';
import type { Json, JsonObject } from '../../src/core/json.ts';

/** A Deployment, as far as its pods depend on it. */
export interface Deployment {
  readonly kind: 'Deployment';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: Json;
    };
  };
}

/** The pods of a Deployment, as the ReplicaSet that a controller manager makes for it would ask for them. */
export function podsOf({ metadata: { name }, spec }: Deployment): JsonObject[] {
  const { replicas = 1, template } = spec;
  const hash = suffix();
  const replicaSet = `${name}-${hash}`;
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: replicaSet, uid: crypto.randomUUID() };
  return Array.from({ length: replicas }, () => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template.metadata,
      name: `${replicaSet}-${suffix()}`,
      generateName: `${replicaSet}-`,
      labels: { ...template.metadata.labels, 'pod-template-hash': hash },
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
    },
    spec: template.spec,
  }));
}

/** Five characters, as pod names end with. */
function suffix(): string {
  return randomBytes(4).readUInt32BE().toString(36).padStart(5, '0').slice(-5);
}
