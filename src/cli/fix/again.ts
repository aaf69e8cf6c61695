import { APPLIED } from '../../core/annotations.ts';
import { CONTAINER_NAME } from '../../core/init-container.ts';
import { get, isObject, type JsonObject, objects, text, textMap } from '../../core/json.ts';
import type { Kube } from '../../kube.ts';
import { refusalText } from '../cluster.ts';

/** What would become of a pod that is made anew, by a dry run of the API server. */
export type Again =
  | { readonly outcome: 'patched' }
  | { readonly outcome: 'untouched' }
  /** Nobody knows; `problem` is one line. */
  | { readonly outcome: 'refused'; readonly problem: string };

/** Asks the API server for the pod once more, as its controller would; nothing is stored. */
export async function again(kube: Kube, pod: JsonObject): Promise<Again> {
  const plain = asFirstAsked(pod);
  const namespace = text(get(plain, 'metadata'), 'namespace') ?? '';
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?dryRun=All`;
  const { status, body } = await kube.send({ method: 'POST', path, body: plain });
  if (status > 299) return { outcome: 'refused', problem: refusalText(status, body) };
  return { outcome: textMap(get(body, 'metadata'), 'annotations').has(APPLIED) ? 'patched' : 'untouched' };
}

/** The pod without what the API server, a node and the webhook added to it. */
function asFirstAsked(pod: JsonObject): JsonObject {
  const metadata = get(pod, 'metadata');
  const annotations = textMap(metadata, 'annotations');
  const isOurs = annotations.has(APPLIED);
  const { nodeName: _, ephemeralContainers: __, ...spec } = asObject(get(pod, 'spec'));
  const initContainers = objects(spec, 'initContainers').filter(({ name }) => !isOurs || name !== CONTAINER_NAME);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: text(metadata, 'namespace') ?? '',
      generateName: text(metadata, 'generateName') ?? `${text(metadata, 'name') ?? ''}-`,
      labels: asObject(get(metadata, 'labels')),
      annotations: Object.fromEntries([...annotations].filter(([key]) => key !== APPLIED)),
      ownerReferences: objects(metadata, 'ownerReferences').map(asOwned),
    },
    spec: { ...spec, initContainers },
  };
}

// Blocking the owner's deletion is a right of its own, which only controllers have.
function asOwned({ blockOwnerDeletion: _, ...reference }: JsonObject): JsonObject {
  return reference;
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
