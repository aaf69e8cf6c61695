// The Common Expression Language as the API server has it, as far as match conditions of ours need it.
import { Environment } from '@marcbachmann/cel-js';

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
}).registerFunction('list.sum(): int', (list: Iterable<bigint>) => [...list].reduce((sum, each) => sum + each, 0n));

/** An expression that is ready to be evaluated; throws what is wrong with it. */
export function compile(expression: string): (variables: Readonly<Record<string, unknown>>) => unknown {
  return environment.parse(expression);
}

/** The value with the integers that CEL knows and JSON does not; the API server's objects have no other numbers. */
export function typed(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(typed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, typed(inner)]));
}
