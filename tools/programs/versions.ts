import { readFile } from 'node:fs/promises';

/** The Go modules that the programs are built from; their go.mod files are the one place that states the versions. */
export const GO_MODULES = {
  kubernetes: { module: 'k8s.io/kubernetes', goMod: new URL('../go/kubernetes/go.mod', import.meta.url) },
  promtool: {
    module: 'github.com/prometheus/prometheus',
    goMod: new URL('../go/promtool/go.mod', import.meta.url),
    // Service discovery in dozens of clouds, which rule tests never use, is most of the build.
    tags: 'remove_all_sd',
  },
  helm: { module: 'helm.sh/helm/v4', goMod: new URL('../go/helm/go.mod', import.meta.url) },
} as const satisfies Record<string, { module: string; goMod: URL; tags?: string }>;

/** A Go module of ours under tools/. */
export type GoModule = keyof typeof GO_MODULES;

/** The version, such as v1.37.2, of Kubernetes, helm or promtool that this repository uses. */
export async function versionOf(name: GoModule): Promise<string> {
  const { module, goMod } = GO_MODULES[name];
  const line = (await readFile(goMod, 'utf8'))
    .split('\n')
    .find((candidate) => candidate.trim().startsWith(`${module} `));
  const version = line?.trim().split(' ')[1];
  if (version === undefined) throw new Error(`${goMod.pathname} requires no version of ${module}`);
  return version;
}
