import type { Deployment } from '../stand-in/replicas.ts';

/** The parts of a pod that the demo looks at. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly initContainers?: readonly Container[]; readonly containers: readonly Container[] };
}

interface Container {
  readonly name: string;
  readonly image: string;
}

/** What came of a pod, and what kubectl would print on stderr. */
export interface Created {
  readonly pod: Pod;
  readonly said: string;
}

/** Where the story of the demo plays: a real API server, or what plays its part. */
export interface Stage {
  /** Applies the objects of examples/elk.yaml, and says what kubectl would print. */
  applyExample(): Promise<{ readonly printed: string; readonly said: string }>;
  /** The pod of a Deployment of the example, as it was admitted. */
  podOf(deployment: Deployment): Promise<Pod>;
  /** Asks what would become of a pod. */
  dryRun(pod: Pod, namespace?: string): Promise<Created>;
}

/** The webhook is not called for this namespace: its label asks for that. */
export const UNSEEN_NAMESPACE = 'without-webhook';
export const UNSEEN_LABELS = { 'max-map-count.io/inject': 'disabled' };
