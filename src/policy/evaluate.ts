import { Environment } from '@marcbachmann/cel-js';
import type { Strategy } from '../core/decision.ts';
import { isObject } from '../core/json.ts';
import type { PolicyText } from '../core/policy/policy.ts';

/** What a policy does with a pod: a strategy with the number, nothing, or nothing because an expression failed. */
export type PolicyVerdict =
  | { readonly patch: Strategy; readonly value: number; readonly affinityMode: 'required' | 'preferred' }
  | { readonly patch: null; readonly problem?: string };

/** Says what a policy does with a pod. */
export type PolicyEvaluator = (pod: unknown, namespaceLabels?: Readonly<Record<string, string>>) => PolicyVerdict;

/**
 * An evaluator of the very expressions that an API server gets: in a decision there is no second implementation that could
 * differ. The change itself is the webhook's, and no expression for it is evaluated here.
 */
export function policyEvaluator({ variables }: PolicyText): PolicyEvaluator {
  const environment = createEnvironment();
  const parsed = new Map(variables.map(({ name, expression }) => [name, environment.parse(expression)]));
  return (pod, namespaceLabels = {}) => {
    const object = typed({ metadata: { name: '' }, ...(isObject(pod) && pod) });
    const namespaceObject = { metadata: { labels: namespaceLabels } };
    const known = new Map<string, unknown>();
    // Evaluated when first asked for, as the API server does.
    const lazily: Record<string, unknown> = {};
    for (const [name, evaluate] of parsed) {
      Object.defineProperty(lazily, name, {
        enumerable: true,
        get: () => {
          if (!known.has(name)) known.set(name, evaluate({ object, namespaceObject, variables: lazily }));
          return known.get(name);
        },
      });
    }
    try {
      const patch = lazily.patch;
      if (patch !== 'init-container' && patch !== 'node-affinity') return { patch: null };
      const affinityMode = lazily.affinityMode === 'preferred' ? 'preferred' : 'required';
      return { patch, value: Number(lazily.value), affinityMode };
    } catch (error) {
      return { patch: null, problem: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
    }
  };
}

function createEnvironment(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
  });
  // What Kubernetes adds to the language, as far as policies use it.
  return environment
    .registerFunction('list.max(): dyn', (list: bigint[]) => list.reduce((most, each) => (each > most ? each : most)))
    .registerFunction('list.sum(): dyn', (list: bigint[]) => list.reduce((sum, each) => sum + each, 0n))
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    );
}

/**
 * A value as the API server hands it to an expression: what is null or an empty list or map is not there, and numbers are
 * integers, which JSON does not know.
 */
function typed(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(typed);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => !isNothing(inner));
  return Object.fromEntries(kept.map(([key, inner]) => [key, typed(inner)]));
}

function isNothing(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
