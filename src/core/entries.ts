import { isObject, type Json, type JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';

/** What `read` makes of each object in a list, with its index in the list; undefined leaves one out. No list counts as an empty one. */
export function entries<T>(list: Json | undefined, read: (entry: JsonObject, index: number) => T | undefined): T[] {
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
