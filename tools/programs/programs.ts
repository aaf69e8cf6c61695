import { join } from 'node:path';
import { projectCache } from './cache.ts';
import type { GoModule } from './versions.ts';

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
} as const satisfies Record<string, { module: GoModule; package: string }>;

/** The name of a program. */
export type Program = keyof typeof PROGRAMS;

/** The folder, one per version and platform, that keeps the programs built from one Go module. */
export function cacheFolder(module: GoModule, version: string): string {
  return join(projectCache(), 'tools', `${module}-${version}-${goPlatform()}`);
}

function goPlatform(): string {
  const names: Partial<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return `${process.platform}-${names[process.arch] ?? process.arch}`;
}
