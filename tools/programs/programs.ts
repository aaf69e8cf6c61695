import { join } from 'node:path';
import { projectCache } from './cache.ts';
import { PLATFORM } from './platform.ts';
import { type GoModule, type PinnedModule, pinnedModule } from './versions.ts';

/** Every program of the real control plane: the Go module that pins its version and the package to build. */
export const PROGRAMS = {
  etcd: { module: 'kubernetes', package: 'go.etcd.io/etcd/server/v3' },
  'kube-apiserver': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  'kube-controller-manager': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
  'kube-scheduler': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  kubectl: { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kubectl' },
  kubelet: { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kubelet' },
  helm: { module: 'helm', package: 'helm.sh/helm/v4/cmd/helm' },
  promtool: { module: 'promtool', package: 'github.com/prometheus/prometheus/cmd/promtool' },
  // The path of our own module: its entry point to cert-manager's controllers is ours.
  'cert-manager': { module: 'cert-manager', package: 'github.com/cert-manager/cert-manager/mmc' },
  eck: { module: 'eck', package: 'github.com/elastic/cloud-on-k8s/v3/cmd' },
} as const satisfies Record<string, { module: GoModule; package: string }>;

/** What makes a whole control plane for demo and tests. */
export const CONTROL_PLANE = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'helm',
  'promtool',
] as const;

/** The name of a program. */
export type Program = keyof typeof PROGRAMS;

/** Whether a program has the version of Kubernetes, and so must come from one release with the others that have. */
export function isOfKubernetes(program: Program): boolean {
  return PROGRAMS[program].package.startsWith('k8s.io/kubernetes/');
}

/** The Go module of a program; `minor`, such as 1.30, asks for another Kubernetes than the newest one. */
export function moduleOf(program: Program, minor?: string): PinnedModule {
  return pinnedModule(PROGRAMS[program].module, isOfKubernetes(program) ? minor : undefined);
}

/** The folder in the cache that holds the folders of all versions. */
export function toolsFolder(): string {
  return join(projectCache(), 'tools');
}

/** The folder, one per version and platform, that keeps the programs of one Go module. */
export function cacheFolder({ name, version }: PinnedModule): string {
  return join(toolsFolder(), `${name}-${version}-${PLATFORM.os}-${PLATFORM.arch}`);
}
