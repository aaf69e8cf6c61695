/** Any value that JSON.parse can return. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object; read it with {@link get}, because a tenant may name a key `__proto__`. */
export interface JsonObject {
  [key: string]: Json;
}

/** True for a JSON object: neither null nor an array nor a scalar. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property `key` of `value`, or undefined when `value` is no object or has no such key. */
export function get(value: unknown, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value itself where it is a string. */
export function asText(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The string at `key`, or undefined when there is none. */
export function text(value: unknown, key: string): string | undefined {
  return asText(get(value, key));
}

/** The objects in the list at `key`; anything else in that place counts as an empty list. */
export function objects(value: unknown, key: string): JsonObject[] {
  const found = get(value, key);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** The strings in the list at `key`; anything else in that place counts as an empty list. */
export function strings(value: unknown, key: string): string[] {
  const found = get(value, key);
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : [];
}

/** The string-valued entries of the map at `key`, as a Map, so that no key can collide with a prototype. */
export function textMap(value: unknown, key: string): ReadonlyMap<string, string> {
  const found = get(value, key);
  if (!isObject(found)) return new Map();
  return new Map(Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** One JSON Pointer (RFC 6901) reference token, escaped: `~` first, then `/`. */
export function pointerToken(key: string | number): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** True when two JSON values say the same; the order of keys says nothing. */
export function sameJson(left: Json, right: Json): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index] ?? null));
  }
  if (!isObject(left) || !isObject(right)) return Object.is(left, right);
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key] as Json, right[key] as Json))
  );
}
