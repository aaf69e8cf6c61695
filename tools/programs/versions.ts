import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The Go modules below tools/go that the programs are built from, and the module whose version counts in each. */
export const GO_MODULES = {
  kubernetes: { pins: 'k8s.io/kubernetes', tags: '' },
  // Service discovery in dozens of clouds, which rule tests never use, is most of the build.
  promtool: { pins: 'github.com/prometheus/prometheus', tags: 'remove_all_sd' },
  helm: { pins: 'helm.sh/helm/v4', tags: '' },
  'cert-manager': { pins: 'github.com/cert-manager/cert-manager', tags: '' },
  eck: { pins: 'github.com/elastic/cloud-on-k8s/v3', tags: '' },
} as const satisfies Record<string, { pins: string; tags: string }>;

/** The name of a Go module of ours. */
export type GoModule = keyof typeof GO_MODULES;

/** A Go module of ours with the version that its go.mod, the one place for it, states. */
export interface PinnedModule {
  readonly name: GoModule;
  /** Where its go.mod lies. */
  readonly folder: string;
  /** Such as v1.37.2. */
  readonly version: string;
}

const FOLDER = fileURLToPath(new URL('../go/', import.meta.url));

/** A Go module of ours; `minor`, such as 1.30, asks for another Kubernetes than the newest one, and throws if unknown. */
export function pinnedModule(name: GoModule, minor?: string): PinnedModule {
  const newest = moduleIn(name, `${FOLDER}${name}`);
  if (name !== 'kubernetes' || minor === undefined || newest.version.startsWith(`v${minor}.`)) return newest;
  const folder = `${FOLDER}kubernetes-${minor}`;
  if (existsSync(`${folder}/go.mod`)) return moduleIn(name, folder);
  throw new Error(`there is no Kubernetes ${minor} here; there is ${knownKubernetes().join(', ')}`);
}

/** The minor versions of Kubernetes that can be had here, the newest last. */
export function knownKubernetes(): string[] {
  const older = readdirSync(FOLDER).flatMap((leaf) => /^kubernetes-(.+)$/.exec(leaf)?.[1] ?? []);
  return [...older.sort(), newestKubernetes()];
}

/** The newest minor version of Kubernetes here, such as 1.37. */
export function newestKubernetes(): string {
  return versionOf('kubernetes').slice(1).split('.').slice(0, 2).join('.');
}

/** The version, such as v1.37.2, of Kubernetes, helm or another part that this repository uses. */
export function versionOf(name: GoModule): string {
  return pinnedModule(name).version;
}

/** The version of etcd that the module of the newest Kubernetes builds; its API has not changed for years. */
export function etcdVersion(): string {
  return requiredVersion(pinnedModule('kubernetes').folder, 'go.etcd.io/etcd/server/v3');
}

function moduleIn(name: GoModule, folder: string): PinnedModule {
  return { name, folder, version: requiredVersion(folder, GO_MODULES[name].pins) };
}

function requiredVersion(folder: string, path: string): string {
  const lines = readFileSync(`${folder}/go.mod`, 'utf8').split('\n');
  const words = lines.map((line) =>
    line
      .trim()
      .replace(/^require /, '')
      .split(' '),
  );
  const version = words.find(([first, second]) => first === path && second?.startsWith('v'))?.[1];
  if (version === undefined) throw new Error(`${folder}/go.mod requires no version of ${path}`);
  return version;
}
