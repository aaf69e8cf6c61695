import { Environment } from '@marcbachmann/cel-js';
import { plain } from '../../src/input/plain.ts';
import type { MatchCondition } from '../webhook/configuration.ts';

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  enableOptionalTypes: true,
});

/** Whether all conditions hold for a review's request; a string says which one could not be evaluated, and why. */
export function evaluateConditions(
  conditions: readonly MatchCondition[],
  request: { readonly object: unknown; readonly oldObject: unknown },
): boolean | string {
  const variables = { request: typed(request), object: typed(request.object), oldObject: typed(request.oldObject) };
  const results = conditions.map(({ name, expression }) => {
    try {
      return environment.evaluate(expression, variables) === true;
    } catch (error) {
      return `${name}: ${plain(error)}`;
    }
  });
  // One that is false decides, whatever else went wrong, as in the API server.
  if (results.includes(false)) return false;
  return results.find((result) => typeof result === 'string') ?? true;
}

/** CEL knows integers, JSON does not; the API server's objects have no other numbers. */
function typed(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(typed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, typed(inner)]));
}
