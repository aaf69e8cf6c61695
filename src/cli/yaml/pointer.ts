import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Operation } from '../../core/operation.ts';

/** The reference tokens of a JSON Pointer (RFC 6901). */
export function tokensOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at the tokens, or undefined. */
function valueAt(root: unknown, tokens: readonly string[]): Json | undefined {
  let value = root as Json | undefined;
  for (const token of tokens) value = child(value, token);
  return value;
}

function child(value: Json | undefined, token: string): Json | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(token) ? value[Number(token)] : undefined;
  return isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}

/** A copy of an object with RFC 6902 `add` operations applied; throws when one does not apply. */
export function applied(object: JsonObject, operations: readonly Operation[]): JsonObject {
  const copy = structuredClone(object);
  for (const { path, value } of operations) add(copy, path, structuredClone(value));
  return copy;
}

function add(root: Json, path: string, value: Json): void {
  const tokens = tokensOf(path);
  const last = tokens.pop() ?? '';
  const parent = valueAt(root, tokens);
  if (Array.isArray(parent) && (last === '-' || (/^\d+$/.test(last) && Number(last) <= parent.length))) {
    parent.splice(last === '-' ? parent.length : Number(last), 0, value);
  } else if (isObject(parent)) {
    Object.defineProperty(parent, last, { value, enumerable: true, writable: true, configurable: true });
  } else {
    throw new Error(`there is no place for ${path}`);
  }
}

/**
 * The same additions, each at a place whose parent is there: what a custom resource leaves out, and its operator fills
 * in, comes along with the addition. Additions inside an earlier one become part of it.
 */
export function withMissingParents(object: JsonObject, operations: readonly Operation[]): Operation[] {
  const result: Operation[] = [];
  for (const operation of operations) {
    const host = result.findIndex(({ path }) => operation.path.startsWith(`${path}/`));
    const outer = result[host];
    if (outer) result[host] = { ...outer, value: merged(outer, operation) };
    else result.push(withParents(object, operation));
  }
  return result;
}

function merged(outer: Operation, { op, path, value }: Operation): Json {
  // `/value` makes an object of any value, since only objects can be added to.
  const box: JsonObject = { value: outer.value };
  const inner = withParents(box, { op, path: `/value${path.slice(outer.path.length)}`, value });
  return applied(box, [inner]).value ?? null;
}

function withParents(object: JsonObject, { op, path, value }: Operation): Operation {
  const tokens = tokensOf(path);
  const parents = path.split('/').slice(0, -1);
  const missing = tokens.slice(0, -1).findIndex((_, depth) => {
    const parent = valueAt(object, tokens.slice(0, depth + 1));
    return parent === undefined || parent === null;
  });
  if (missing === -1) return { op, path, value };
  const nest = (inner: Json, token: string): Json => (/^(?:0|-)$/.test(token) ? [inner] : { [token]: inner });
  return {
    op,
    path: parents.slice(0, missing + 2).join('/'),
    value: tokens.slice(missing + 1).reduceRight(nest, value),
  };
}
