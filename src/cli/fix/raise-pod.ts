import { initContainer } from '../../core/init-container.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Settings } from '../../core/settings.ts';

/** Where the pods run that raise the value: whoever may create pods there administers the nodes anyway. */
export const RAISE_NAMESPACE = 'kube-system';

// An image of a few megabytes, and a script of a second; the rest is for a slow registry. The kubelet ends it then.
const LONGEST_SECONDS = 120;

/**
 * The pod that raises the value of one node: the container that the webhook would add to a server's pod, alone, with the
 * script that never lowers and reads back.
 */
export function raisePod(name: string, node: string, value: number, settings: Settings['initContainer']): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: RAISE_NAMESPACE,
      labels: {
        'app.kubernetes.io/name': 'max-map-count-fix',
        'app.kubernetes.io/managed-by': 'kubectl-max-map-count',
      },
    },
    spec: {
      // Not by the scheduler, which would put it elsewhere when the node is full or cordoned.
      nodeName: node,
      tolerations: [{ operator: 'Exists' }],
      restartPolicy: 'Never',
      activeDeadlineSeconds: LONGEST_SECONDS,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [initContainer(value, { raw: {} }, settings)],
    },
  };
}
