import { plain } from '../../input/plain.ts';
import { Refusal } from '../cluster.ts';
import type { Attempt } from './check-result.ts';
import type { Rule } from './rights.ts';

/** Asks the cluster; what may not be read becomes the reason why a check cannot be made. `what` completes "you are not allowed to". */
export async function attempt<T>(what: string, rule: Rule, ask: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    return error instanceof Refusal && error.status === 403
      ? { ok: false, problem: `you are not allowed to ${what} (403)`, rule }
      : { ok: false, problem: `cannot ${what}: ${plain(error)}` };
  }
}
