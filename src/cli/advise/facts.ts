import { evaluate } from '../../core/evaluate.ts';
import { get, type JsonObject, text, textMap } from '../../core/json.ts';
import type { Reason } from '../../core/reasons.ts';
import type { Settings } from '../../core/settings.ts';
import { nodeValue } from '../node.ts';
import { estimateOf } from '../node-estimate.ts';
import { type Platform, platformOf } from './platforms.ts';

/** The pods of one workload and what they need. */
export interface Demand {
  readonly workload: string;
  /** The highest that one of them needs. */
  readonly value: number;
  readonly pods: number;
  readonly namespaces: readonly string[];
}

/** What the nodes have, by label or by image. */
export interface Supply {
  readonly nodes: number;
  /** By their label: known. */
  readonly labelled: number;
  /** By their image, `Ubuntu 24.04` for example, and how many of each. */
  readonly likely: Readonly<Record<string, number>>;
  /** Nothing is known about these. */
  readonly unknown: readonly string[];
  /** The smallest value; null when there is a node about which nothing is known, or no node. */
  readonly lowest: number | null;
}

/** What advice is made from. */
export interface ClusterFacts {
  readonly platform: Platform | undefined;
  readonly supply: Supply;
  readonly demands: readonly Demand[];
  /** Pods that a name speaks for and nothing confirms. */
  readonly uncertain: number;
  /** Those namespaces of the pods that need it whose Pod Security level forbids a privileged container. */
  readonly strict: readonly string[];
  /** False when the labels of the namespaces may not be read. */
  readonly seesNamespaces: boolean;
}

/** The cluster's objects as they were read. */
export interface ClusterObjects {
  readonly nodes: readonly JsonObject[];
  readonly pods: readonly JsonObject[];
  /** Undefined when they may not be listed. */
  readonly namespaces: readonly JsonObject[] | undefined;
}

/** Puts nodes, pods and namespaces together. */
export function factsFrom({ nodes, pods, namespaces }: ClusterObjects, settings: Settings): ClusterFacts {
  const linux = nodes.filter((node) => labelsOf(node).get('kubernetes.io/os') !== 'windows');
  const platform = platformOf(linux);
  const { demands, uncertain } = demandsOf(pods, settings);
  const places = new Set(demands.flatMap((demand) => demand.namespaces));
  const levels = (namespaces ?? [])
    .filter((namespace) => places.has(nameOf(namespace)))
    .filter((namespace) => isStrict(labelsOf(namespace).get(ENFORCE) ?? platform?.enforces));
  return {
    platform,
    supply: supplyOf(linux, settings.nodeAffinity.label),
    demands,
    uncertain,
    strict: levels.map(nameOf).sort(),
    seesNamespaces: namespaces !== undefined,
  };
}

const ENFORCE = 'pod-security.kubernetes.io/enforce';
// Whatever is done about them, these pods run a server that asks for the value.
const NEEDS_IT: ReadonlySet<Reason> = new Set([
  ...(['injected', 'affinity-added', 'already-handled', 'conflict'] as const),
  ...(['no-privilege', 'user-namespace', 'node-pinned', 'namespace-restricted'] as const),
]);

function demandsOf(pods: readonly JsonObject[], settings: Settings): { demands: Demand[]; uncertain: number } {
  // As if nothing were promised and nothing only observed: the question is what the pods need.
  const plain: Settings = { ...settings, mode: 'enforce', nodes: { guaranteed: 0 } };
  const found = new Map<string, { value: number; pods: number; namespaces: Set<string> }>();
  let uncertain = 0;
  for (const pod of pods.filter((each) => !isOver(each))) {
    const { reason, workload, value } = evaluate(pod, { strategy: 'init-container' }, plain);
    if (reason === 'uncertain') uncertain += 1;
    if (!NEEDS_IT.has(reason) || workload === null || value === null) continue;
    const known = found.get(workload) ?? { value: 0, pods: 0, namespaces: new Set<string>() };
    known.namespaces.add(text(get(pod, 'metadata'), 'namespace') ?? '');
    found.set(workload, { ...known, value: Math.max(known.value, value), pods: known.pods + 1 });
  }
  const demands = [...found].map(([workload, demand]) => {
    return { ...demand, workload, namespaces: [...demand.namespaces].sort() };
  });
  return { demands: demands.sort((one, other) => other.value - one.value), uncertain };
}

function supplyOf(nodes: readonly JsonObject[], label: string): Supply {
  const likely: Record<string, number> = {};
  const unknown: string[] = [];
  const values: number[] = [];
  let labelled = 0;
  for (const node of nodes) {
    const told = nodeValue(node, label);
    const estimate = estimateOf(node);
    if (told !== null && /^\d{1,15}$/.test(told)) {
      labelled += 1;
      values.push(Number(told));
    } else if (estimate) {
      likely[estimate.image] = (likely[estimate.image] ?? 0) + 1;
      values.push(estimate.value);
    } else {
      unknown.push(nameOf(node));
    }
  }
  const lowest = unknown.length > 0 || values.length === 0 ? null : Math.min(...values);
  return { nodes: nodes.length, labelled, likely, unknown, lowest };
}

function isStrict(level: string | undefined): boolean {
  return level === 'baseline' || level === 'restricted';
}

function isOver(pod: JsonObject): boolean {
  return ['Succeeded', 'Failed'].includes(text(get(pod, 'status'), 'phase') ?? '');
}

function labelsOf(object: JsonObject): ReadonlyMap<string, string> {
  return textMap(get(object, 'metadata'), 'labels');
}

function nameOf(object: JsonObject): string {
  return text(get(object, 'metadata'), 'name') ?? '';
}
