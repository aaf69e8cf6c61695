/** What kind of fact an {@link Evidence} states. */
export type Signal = keyof typeof SIGNALS;

interface Strength {
  /** What the fact adds for one workload in one container; {@link THRESHOLD} decides. */
  readonly points: number;
  /** True when it says which product it is, not only that it looks like one. */
  readonly identity?: boolean;
  /** True when only the server itself has it: two such facts outweigh the word of a tool in the image's name. */
  readonly proof?: boolean;
  /** `name`: what somebody called a thing. `doubt`: it takes points from names alone, never from other facts. */
  readonly kind?: 'name' | 'doubt';
  /** True when it names the product without being enough: if nothing confirms it the author is told. */
  readonly suggests?: boolean;
  /** `always` ends the matter for that workload and container; `unproven` only where neither operator nor two proofs contradict. */
  readonly veto?: 'always' | 'unproven';
  /** What the fact means, one sentence. */
  readonly meaning: string;
}

/** How facts add up: from this many points on, a container is taken for the workload. */
export const THRESHOLD = 3;

/** Every signal with its weight; the one table behind detection, `explain` and docs/detection.md. */
export const SIGNALS = {
  annotation: {
    points: 100,
    identity: true,
    meaning: 'The author names the workload with max-map-count.io/workload.',
  },
  image: {
    points: 12,
    identity: true,
    meaning: 'The image is one of those that the product is published under, on any registry.',
  },
  label: { points: 12, identity: true, meaning: 'An operator set its label on the pod.' },
  'image-name': {
    points: 2,
    identity: true,
    kind: 'name',
    suggests: true,
    meaning: 'The repository name holds the product’s word and no word of a tool for it: perhaps a private build.',
  },
  env: { points: 3, proof: true, meaning: 'A setting that only the server itself reads, as an environment variable.' },
  argument: {
    points: 3,
    proof: true,
    meaning: 'A setting that only the server itself reads, in the command or its arguments.',
  },
  mount: {
    points: 2,
    proof: true,
    suggests: true,
    meaning: 'A volume is mounted for writing where the server keeps its data.',
  },
  'env-hint': { points: 2, meaning: 'A variable that the server reads, but its command-line tools too.' },
  ports: { points: 2, meaning: 'The container declares all the ports of the server.' },
  port: { points: 1, meaning: 'The container declares one of the ports of the server.' },
  'container-name': { points: 1, kind: 'name', meaning: 'The container is called as the product is.' },
  'image-hint': {
    points: 1,
    kind: 'name',
    suggests: true,
    meaning: 'The image has a short or common name that the product goes by, and other things too.',
  },
  'app-label': {
    points: 1,
    kind: 'name',
    meaning: 'The label app.kubernetes.io/name is the product; exporters carry it too.',
  },
  'other-command': {
    points: -2,
    kind: 'doubt',
    meaning: 'The command was replaced by a program that is not known to start the server.',
  },
  'other-ports': { points: -2, kind: 'doubt', meaning: 'The container declares ports, and none is the server’s.' },
  'restart-policy': { points: -2, kind: 'doubt', meaning: 'The pod is not restarted for ever, as a server is.' },
  'client-setting': { points: -2, meaning: 'A variable that tells a client where its server is.' },
  'client-argument': { points: -2, meaning: 'An argument that tells an exporter where its server is.' },
  'other-image': {
    points: -3,
    meaning: 'The image is a published product of somebody else, or named after a tool such as a proxy or a shipper.',
  },
  'tool-name': {
    points: 0,
    veto: 'unproven',
    meaning: 'The repository name holds the product’s word and the word of a tool for it, such as an exporter.',
  },
  'not-image': {
    points: 0,
    veto: 'always',
    meaning: 'The image is a known look-alike: another product or another node type.',
  },
  'tool-command': {
    points: 0,
    veto: 'always',
    meaning: 'The command was replaced by one that only runs other programs.',
  },
  job: { points: 0, meaning: 'A Job owns the pod.' },
  setting: { points: 0, meaning: 'A setting that switches the need off, or back on.' },
  version: { points: 0, meaning: 'The product’s version, from the operator’s label or the image tag.' },
  'init-container': { points: 0, meaning: 'An init container of the pod’s own that concerns vm.max_map_count.' },
  'pod-sysctl': {
    points: 0,
    meaning: 'The pod’s securityContext.sysctls names vm.max_map_count, which the kubelet refuses.',
  },
  'node-selection': { points: 0, meaning: 'The pod already chooses nodes by their value.' },
  placement: { points: 0, meaning: 'Where or how the pod runs, which decides what can work.' },
  'opt-out': { points: 0, meaning: 'The author asked to leave the pod alone.' },
} as const satisfies Record<string, Strength>;

/** The weight of a signal. */
export function strengthOf(signal: Signal): Strength {
  return SIGNALS[signal];
}
