import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { wrapped } from '../../src/cli/wrapped.ts';
import type { Reason } from '../../src/core/reasons.ts';

const root = new URL('../../', import.meta.url);

/** What no manifest can show: it is about the request, or a fault of ours. */
type Shown = Exclude<Reason, 'not-create' | 'internal-error'>;

/** The case of test/cases that shows each reason best. The compiler asks for one when there is a new reason. */
export const CASES: Readonly<Record<Shown, string>> = {
  injected: 'image/image-private-sonarqube-build-number',
  'affinity-added': 'affinity/affinity-two-terms',
  'not-matched': 'lookalike/lookalike-envoy-named-elasticsearch',
  'opted-out': 'annotation/annotation-opt-out',
  'already-handled': 'handled/handled-sysctl-write-long-option',
  'not-required': 'not-required/not-required-cratedb-single-node',
  'nodes-sufficient': 'config/config-nodes-sufficient',
  uncertain: 'uncertain/uncertain-common-word',
  job: 'owner/job-cronjob-snapshot',
  windows: 'placement/windows-node-selector',
  'mirror-pod': 'placement/mirror-pod-static',
  'user-namespace': 'placement/user-namespace-sonarqube',
  'no-privilege': 'placement/no-privilege-fargate-label',
  sandboxed: 'placement/sandboxed-gvisor',
  'node-pinned': 'placement/node-pinned-daemonset',
  'namespace-restricted': 'placement/namespace-restricted-elasticsearch',
  conflict: 'containers/conflict-own-name-main-container',
  'observe-mode': 'config/config-observe-mode',
  'not-a-pod': 'containers/not-a-pod-containers-is-a-map',
};

/** What the page offers to begin with: the article's manifest as it is in examples/elk.yaml, then a case for each reason. */
export function examples(): unknown[] {
  const article = readFileSync(new URL('examples/elk.yaml', root), 'utf8');
  const cases = Object.entries(CASES).map(([name, path]) => exampleOf(name, path));
  return [
    { name: 'article', manifest: article, config: '', level: 'privileged', strategy: 'init-container' },
    ...cases,
  ];
}

function exampleOf(name: string, path: string): unknown {
  const [label = '', ...rest] = readFileSync(new URL(`test/cases/${path}.yaml`, root), 'utf8').split('\n---\n');
  const {
    why,
    strategy = 'init-container',
    config,
  } = parse(label) as {
    why: string;
    strategy?: string;
    config?: unknown;
  };
  return {
    name,
    manifest: `${comment(why)}${rest.join('\n---\n')}`,
    config: config === undefined ? '' : stringify(config),
    // A webhook that may add nothing is called for namespaces that forbid it.
    level: strategy === 'none' ? 'restricted' : 'privileged',
    strategy,
  };
}

/** Why the case is as it is, as YAML's comment above it. */
function comment(sentence: string): string {
  return wrapped(sentence, 76)
    .map((line) => `# ${line}\n`)
    .join('');
}
