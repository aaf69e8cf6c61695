import { plain } from '../../src/input/plain.ts';
import type { MatchCondition } from '../webhook/configuration.ts';
import { compile, typed } from './cel.ts';

/** Whether all conditions hold for a review's request; a string says which one could not be evaluated, and why. */
export function evaluateConditions(
  conditions: readonly MatchCondition[],
  request: { readonly object: unknown; readonly oldObject: unknown },
): boolean | string {
  const variables = { request: typed(request), object: typed(request.object), oldObject: typed(request.oldObject) };
  const results = conditions.map(({ name, expression }) => {
    try {
      return compile(expression)(variables) === true;
    } catch (error) {
      return `${name}: ${plain(error)}`;
    }
  });
  // One that is false decides, whatever else went wrong, as in the API server.
  if (results.includes(false)) return false;
  return results.find((result) => typeof result === 'string') ?? true;
}
