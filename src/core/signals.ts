/** What kind of fact an {@link Evidence} states. */
export type Signal = keyof typeof SIGNALS;

interface Strength {
  /** What the fact adds for one workload in one container; {@link THRESHOLD} decides. */
  readonly points: number;
  /** True when it says which product it is, not only that it looks like one. */
  readonly identity?: boolean;
  /** True when it ends the matter for that workload and container, whatever else was found. */
  readonly veto?: boolean;
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
    points: 6,
    identity: true,
    meaning: 'The image is one of those that the product is published under, on any registry.',
  },
  label: { points: 6, identity: true, meaning: 'An operator set its label on the pod.' },
  'image-name': {
    points: 3,
    identity: true,
    meaning:
      'The repository name holds the product’s word and no word of a tool for it: a private build of the server.',
  },
  env: { points: 3, meaning: 'A setting that only the server itself reads, as an environment variable.' },
  argument: { points: 3, meaning: 'A setting that only the server itself reads, in the command or its arguments.' },
  mount: { points: 3, meaning: 'A volume is mounted where the server keeps its data.' },
  'env-hint': { points: 2, meaning: 'A variable that the server reads, but its command-line tools too.' },
  ports: { points: 2, meaning: 'The container declares all the ports of the server.' },
  'container-name': { points: 1, meaning: 'The container is called as the product is.' },
  'image-hint': { points: 1, meaning: 'The image has a short name that the product goes by, and other things too.' },
  'app-label': { points: 1, meaning: 'The label app.kubernetes.io/name is the product; exporters carry it too.' },
  'client-setting': { points: -2, meaning: 'A variable that tells a client where its server is.' },
  'client-argument': { points: -2, meaning: 'An argument that tells an exporter where its server is.' },
  'other-image': { points: -3, meaning: 'The repository name is that of a tool, such as a proxy or a shipper.' },
  'not-image': {
    points: 0,
    veto: true,
    meaning: 'The image is a known look-alike: a tool for the server or another node type.',
  },
  'tool-command': { points: 0, veto: true, meaning: 'The command was replaced by one that only runs other programs.' },
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
