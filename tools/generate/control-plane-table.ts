import { moduleOf, type Program } from '../programs/programs.ts';
import { releaseOf } from '../programs/releases.ts';
import { etcdVersion } from '../programs/versions.ts';
import { code, table } from './markdown.ts';

/** What each program is for here, and where it listens; all on 127.0.0.1, on ports that were free. */
const USES = {
  etcd: ['stores what the API server knows', 'two ports'],
  'kube-apiserver': ['calls the webhook', 'one port, TLS'],
  'kube-controller-manager': ['makes ServiceAccounts, and the pods of Deployments', 'none'],
  'kube-scheduler': ['puts pods on nodes: `npm run demo -- --prepared-nodes` and tests', 'none'],
  kubectl: ['what a person would type', ''],
  helm: ['renders and installs the chart', ''],
  promtool: ['tests the alerts', ''],
  kubelet: ['runs pods, in `npm run e2e` only, which gets it', 'in a network namespace of its own'],
} as const satisfies Partial<Record<Program, readonly [string, string]>>;

/** The programs of the control plane: version, use, ports and publisher. */
export function controlPlaneTable(): string {
  const rows = (Object.keys(USES) as (keyof typeof USES)[]).map((program) => {
    const [use, ports] = USES[program];
    const { name, version } = moduleOf(program);
    const folder = code(`${name}-${version}-OS-ARCH`);
    const release = releaseOf(program);
    return [code(program), versionIn(program), use, ports, release ? new URL(release.url).host : '', folder];
  });
  return table(['program', 'version', 'for', 'listens on', 'released at', 'kept in'], rows);
}

function versionIn(program: Program): string {
  return program === 'etcd' ? etcdVersion() : moduleOf(program).version;
}
