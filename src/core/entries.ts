import { get, isObject, type JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';

/** What `read` makes of each object in the list at `key`, with its index in the list; undefined leaves one out. */
export function entries<T>(
  value: unknown,
  key: string,
  read: (entry: JsonObject, index: number) => T | undefined,
): T[] {
  const list = get(value, key);
  if (!Array.isArray(list)) return [];
  const found: T[] = [];
  const count = Math.min(list.length, LIMITS.entries.most);
  for (let index = 0; index < count; index += 1) {
    const entry = list[index];
    const made = isObject(entry) ? read(entry, index) : undefined;
    if (made !== undefined) found.push(made);
  }
  return found;
}
