import type { Reason } from '../../core/reasons.ts';

/** What would change a verdict, one sentence per reason code, for the person who asked why. */
export const HINTS = {
  injected:
    'To avoid the privileged container, ask for prepared nodes with max-map-count.io/strategy: node-affinity; to be left alone, set max-map-count.io/inject: "false".',
  'affinity-added': 'To be left alone, set the annotation max-map-count.io/inject: "false" on the pod template.',
  'not-matched':
    'If it is one of the workloads after all, name it with the annotation max-map-count.io/workload, or add a row for its image to the webhook’s configuration.',
  'opted-out': 'Remove the annotation max-map-count.io/inject from the pod template.',
  'already-handled':
    'Nothing is left to do. To let the webhook do it, remove the init container, annotation or node selection listed above.',
  'not-required': 'The setting or version listed above decides it; change that and the value is needed.',
  'nodes-sufficient': 'The administrator lowers nodes.guaranteed in the webhook’s configuration, or sets it to 0.',
  uncertain:
    'If it is the workload, say so with the annotation max-map-count.io/workload on the pod template. If not, nothing is left to do; max-map-count.io/inject: "false" silences the warning.',
  job: 'If the Job really starts the server, name the workload with the annotation max-map-count.io/workload.',
  windows: 'Nothing: the setting does not exist on Windows nodes.',
  'mirror-pod': 'Raise the value on the node itself, where the static pod is configured.',
  'user-namespace':
    'Set hostUsers: true, or ask for prepared nodes with the annotation max-map-count.io/strategy: node-affinity.',
  'no-privilege':
    'Switch memory mapping off in the server’s settings, or run it on nodes that allow privileged containers or are prepared.',
  sandboxed:
    'With gVisor nothing is needed: its own limit is high. With Kata let the init container raise the value of the guest kernel, or raise it in the guest’s configuration.',
  'node-pinned':
    'Raise the value on that node, or let the init container do it: remove the annotation max-map-count.io/strategy where the namespace allows it.',
  'namespace-restricted':
    'Ask the administrator for prepared nodes, or for a namespace whose Pod Security level allows a privileged container.',
  conflict: 'Rename or remove what the warning names; it has the place of what the webhook would add.',
  'observe-mode': 'The administrator sets mode: enforce in the webhook’s configuration.',
  'not-a-pod': 'Give the object a pod template with at least one container.',
  'not-create': 'Create the pod anew: the webhook acts on creation only.',
  'internal-error': 'Please report it with the manifest: this is a fault of the webhook.',
} as const satisfies Record<Reason, string>;
