import { APPLIED } from '../../core/annotations.ts';
import { CONTAINER_NAME } from '../../core/init-container.ts';
import { get, objects, text } from '../../core/json.ts';
import type { Kube } from '../../kube.ts';
import { refusalText } from '../cluster.ts';

/** What became of the probe, a pod that the webhook must patch and that no other rule of the namespace should refuse. */
export type Probe =
  | { readonly outcome: 'patched'; readonly how: 'init-container' | 'node-affinity' }
  /** The API server let it in as it was; `warnings` are the webhook's, when it was called. */
  | { readonly outcome: 'untouched'; readonly warnings: readonly string[] }
  | { readonly outcome: 'refused'; readonly status: number; readonly message: string };

// It would run under Pod Security's strictest level, so that only what the webhook adds can be refused there.
const PROBE = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'max-map-count-doctor-' },
  spec: {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'elasticsearch',
        image: 'elasticsearch:doctor-probe',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
};

/** Asks for the probe as a dry run: every webhook is called, and nothing is stored. */
export async function probe(kube: Kube, namespace: string): Promise<Probe> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?dryRun=All`;
  const { status, body, warnings } = await kube.send({ method: 'POST', path, body: PROBE });
  if (status > 299) return { outcome: 'refused', status, message: refusalText(status, body) };
  const applied = text(get(get(body, 'metadata'), 'annotations'), APPLIED) ?? '';
  const hasContainer = objects(get(body, 'spec'), 'initContainers').some(({ name }) => name === CONTAINER_NAME);
  if (hasContainer) return { outcome: 'patched', how: 'init-container' };
  if (applied.startsWith('node-affinity=')) return { outcome: 'patched', how: 'node-affinity' };
  return { outcome: 'untouched', warnings: warnings.filter((warning) => warning.startsWith('max-map-count: ')) };
}
