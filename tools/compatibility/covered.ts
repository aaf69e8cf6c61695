/** What docs/compatibility.md says of a version of Kubernetes, line by line, and the tests that show it. */
export const COVERED = {
  'chart with every preset, upgrades': [
    'test/cluster/chart.test.ts',
    'test/cluster/chart-entries.test.ts',
    'test/cluster/chart-presets.test.ts',
    'test/cluster/chart-upgrades.test.ts',
    'test/cluster/install-manifest.test.ts',
  ],
  'webhook, match conditions, Pod Security, other injectors': [
    'test/cluster/webhook.test.ts',
    'test/cluster/pod-security.test.ts',
    'test/cluster/reinvocation.test.ts',
  ],
  'prefilter, up to its bounds': ['test/cluster/prefilter.test.ts'],
  'node agent and its policy': [
    'test/cluster/prepared-nodes-agent.test.ts',
    'test/cluster/prepared-nodes-chart.test.ts',
    'test/cluster/nodes.test.ts',
  ],
  '`helm test` and its policy': ['test/cluster/chart-probe.test.ts'],
  '`kubectl max-map-count doctor`': ['test/cluster/cli-doctor.test.ts'],
  'MutatingAdmissionPolicy, over the corpus': ['test/cluster/policy.test.ts'],
  'cert-manager': ['test/peers/cert-manager.test.ts'],
} as const satisfies Record<string, readonly string[]>;

/** A line of that table. */
export type Line = keyof typeof COVERED;

// Before it there was no such kind, or an alpha one that nobody has.
const SINCE: Readonly<Partial<Record<Line, number>>> = { 'MutatingAdmissionPolicy, over the corpus': 34 };

/** True when a version of Kubernetes, such as 1.30 or v1.30.14, has what a line is about. */
export function isIn(version: string, line: Line): boolean {
  return minorOf(version) >= (SINCE[line] ?? 0);
}

/** The second number of a version of Kubernetes, such as 30 of 1.30 or v1.30.14. */
export function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1]);
}

/** Those tests that run on the cluster tests' own control plane. */
export const CLUSTER_TESTS: readonly string[] = Object.values(COVERED)
  .flat()
  .filter((file) => file.startsWith('test/cluster/'));
