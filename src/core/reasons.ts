/** The closed set of reason codes of docs/reference/contract.md, section 5, one plain sentence each; metric label, log field, CLI and docs share them. */
export const REASONS = {
  injected: 'The pod gets an init container that raises vm.max_map_count on its node before anything else starts.',
  'affinity-added':
    'The pod gets a node affinity that sends it to nodes whose label says that the value is high enough.',
  'not-matched':
    'Nothing in the pod says that it runs one of the workloads of the catalogue, or more speaks against it.',
  'opted-out': 'The pod carries the annotation max-map-count.io/inject: "false".',
  'already-handled':
    'The pod already raises the value far enough, is bound to nodes that have it, or carries our patch.',
  'not-required':
    'The workload starts without it: memory mapping or the check is switched off, it runs alone, or its version never asked.',
  'nodes-sufficient': 'The administrator says that every node has at least what the workload needs (nodes.guaranteed).',
  uncertain: 'A name speaks for a workload, but nothing else in the pod confirms it.',
  job: 'A Job owns the pod: it only uses the image of a server for a batch task.',
  windows:
    'The pod is for Windows nodes, where the setting does not exist and a privileged Linux container is refused.',
  'mirror-pod': 'The pod mirrors a static pod, which the API server cannot change.',
  'user-namespace':
    'With hostUsers: false root in the pod is not root on the node, so the init container could not write the value.',
  'no-privilege':
    'The pod says that it runs where privileged containers are refused: on Fargate, a virtual node, or in a class of GKE Autopilot.',
  sandboxed:
    'The pod runs in a sandbox with a kernel of its own, which this strategy cannot reach or which already allows enough.',
  'node-pinned':
    'Affinity was asked for, but the pod is bound to its node by nodeName or by a DaemonSet, so affinity decides nothing.',
  'namespace-restricted':
    'Pod Security forbids the privileged init container in this namespace, and no prepared nodes are configured.',
  conflict:
    'The pod already has something of ours with other content; adding to it would get the pod refused or never scheduled.',
  'observe-mode': 'The webhook runs with mode: observe: it decides, counts and logs, and never patches.',
  'not-a-pod': 'The object in the review is not a pod that could be read.',
  'not-create': 'The request does not create a pod.',
  'internal-error': 'The webhook met a fault of its own and let the pod through unchanged.',
} as const satisfies Record<string, string>;

/** A reason code. */
export type Reason = keyof typeof REASONS;

/** The reason codes of a decision that changes the pod. */
export type PatchReason = 'injected' | 'affinity-added';

/** The reason codes of a decision that leaves the pod as it is. */
export type SkipReason = Exclude<Reason, PatchReason>;
