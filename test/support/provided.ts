import type { Binaries } from '../../tools/programs/binaries.ts';

/** The programs that the cluster tests need. */
export const CLUSTER_PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'helm',
] as const;

/** The paths of these programs. */
export type ClusterBinaries = Binaries<(typeof CLUSTER_PROGRAMS)[number]>;

/** What test/cluster/setup.ts hands to the cluster tests. */
export interface ProvidedControlPlane {
  /** False on machines that cannot have one. */
  readonly available: boolean;
  readonly version: string;
  readonly kubeconfig: string;
  readonly auditLog: string;
  readonly directory: string;
  readonly binaries: ClusterBinaries;
}

declare module 'vitest' {
  interface ProvidedContext {
    controlPlane: ProvidedControlPlane;
  }
}

/** Stands for the control plane where there is none and the tests are skipped. */
export const NO_CONTROL_PLANE: ProvidedControlPlane = {
  available: false,
  version: '',
  kubeconfig: '',
  auditLog: '',
  directory: '',
  binaries: {
    etcd: '',
    'kube-apiserver': '',
    'kube-controller-manager': '',
    'kube-scheduler': '',
    kubectl: '',
    helm: '',
  },
};
