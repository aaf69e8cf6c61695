import type { ClusterFacts } from './facts.ts';

/** What a cluster should do, in the words of the contract. */
export type Course = 'nothing' | 'nodes.guaranteed' | 'prepared nodes' | 'webhook';

/** The advice and what it takes. */
export interface Advice {
  readonly course: Course;
  /** False when it rests on what node images usually ship. */
  readonly isCertain: boolean;
  readonly because: string;
  /** The arguments of `helm install`; for `nothing`, those of an install all the same. */
  readonly values: readonly string[];
  /** The page about the platform, in docs/clusters. */
  readonly page: string | null;
}

const PRESETS = 'charts/max-map-count-webhook/presets';

/** The advice for a cluster. */
export function adviceFor(facts: ClusterFacts): Advice {
  const { course, because } = courseFor(facts);
  const { platform, supply } = facts;
  return {
    course,
    because,
    isCertain: supply.labelled === supply.nodes || facts.demands.length === 0,
    values: valuesFor(facts, course),
    page: platform?.page ?? null,
  };
}

function courseFor({ platform, supply, demands, strict }: ClusterFacts): Pick<Advice, 'course' | 'because'> {
  const [highest] = demands;
  const { lowest } = supply;
  const has = supply.labelled === supply.nodes ? 'has' : 'likely has';
  if (highest === undefined) return { course: 'nothing', because: 'no pod here needs the value' };
  if (lowest !== null && lowest >= highest.value) {
    const because = `every node ${has} at least ${lowest}, and nothing here needs more than ${highest.value} (${highest.workload})`;
    return { course: 'nothing', because };
  }
  const more = demands.filter(({ value }) => lowest === null || value > lowest);
  const names = more.map(({ workload }) => workload).join(', ');
  const refusing = more.flatMap(({ namespaces }) => namespaces).filter((name) => strict.includes(name));
  if (platform?.refuses !== undefined || refusing.length > 0) {
    const who = platform?.refuses ?? `Pod Security in ${[...new Set(refusing)].join(', ')}`;
    return { course: 'prepared nodes', because: `${who} forbids the privileged container that ${names} would get` };
  }
  if (more.length < demands.length) {
    return {
      course: 'nodes.guaranteed',
      because: `every node ${has} at least ${lowest}, and only ${names} needs more`,
    };
  }
  return { course: 'webhook', because: webhookReason(supply, names) };
}

function webhookReason({ lowest, unknown, nodes }: ClusterFacts['supply'], names: string): string {
  if (lowest !== null) return `nodes have ${lowest}, and ${names} needs more`;
  return nodes === 0
    ? `${names} needs the value, and there is no node to look at`
    : `${names} needs the value, and nothing is known of ${unknown.length} of ${nodes} nodes`;
}

function valuesFor({ platform, supply: { lowest }, demands }: ClusterFacts, course: Course): string[] {
  const { preset, guaranteed = 0, hasMeans = false } = platform ?? {};
  const set = (value: string) => ['--set', value];
  // Below this no workload of the catalogue is spared, so that the word would say nothing.
  const word = lowest !== null && lowest >= 262_144 ? lowest : 0;
  const affinity = hasMeans
    ? set('podSecurity.restrictedNamespaces=node-affinity')
    : [...set('preparedNodes.enabled=true'), ...set(`preparedNodes.value=${demands[0]?.value ?? 0}`)];
  return [
    ...(preset === undefined ? [] : ['--values', `${PRESETS}/${preset}.yaml`]),
    ...(word === guaranteed ? [] : set(`config.nodes.guaranteed=${word}`)),
    ...(course === 'prepared nodes' && platform?.refuses === undefined ? affinity : []),
  ];
}
