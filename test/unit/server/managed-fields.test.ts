import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBody } from '../../../src/server/decode.ts';
import { withoutManagedFields } from '../../../src/server/managed-fields.ts';

const LIMITS = { bodyValues: 200_000 };

function decoded(text: string): unknown {
  const body = decodeBody(Buffer.from(text), LIMITS);
  return body.ok ? body.value : body.cause;
}

// The keys are those of an API server: a map of fields, each with a map of its own.
const fieldsV1 = { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {} } } } };
const managedFields = [{ manager: 'kube-controller-manager', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1 }];

test('what an API server says of managed fields is left out, and nothing else', () => {
  const spec = { containers: [{ name: 'a', args: ['"managedFields":[', '[]'] }] };
  const review = { request: { uid: 'u', object: { metadata: { labels: {}, managedFields, name: 'x' }, spec } } };
  const fewer = { request: { uid: 'u', object: { metadata: { labels: {}, managedFields: [], name: 'x' }, spec } } };
  expect(withoutManagedFields(Buffer.from(JSON.stringify(review)))?.toString()).toBe(JSON.stringify(fewer));
  expect(decoded(JSON.stringify(review))).toEqual(fewer);
});

test.each([
  ['a bracket in a key', [{ fieldsV1: { 'k:{"name":"]"}': {} } }]],
  ['a bracket and a quote in a key', [{ fieldsV1: { 'k:"]}': {}, '"': [] } }]],
  ['a list within', [{ fieldsV1: { a: [1, { b: [] }] } }]],
])('%s: the body is decoded as a whole', (_, strange) => {
  const review = { request: { uid: 'u', object: { metadata: { managedFields: strange }, spec: { a: ['b'] } } } };
  expect(decoded(JSON.stringify(review))).toEqual(review);
});

test('a body that is cut off, or that is no UTF-8, is refused as before', () => {
  expect(decoded('{"managedFields":[{"a":1}')).toBe('json');
  expect(decoded('{"managedFields":[{"a":1}]')).toBe('json');
  expect(decodeBody(Buffer.from('7b226d616e616765644669656c6473223a5bff5d2c2261223a22ff227d', 'hex'), LIMITS)).toEqual({
    ok: false,
    cause: 'encoding',
  });
});

const HOSTILE = fc.array(
  fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', ':', '"managedFields":[', 'managedFields', 'a', '\u00e9'),
  { maxLength: 6 },
);
const word = HOSTILE.map((parts) => parts.join(''));
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word,
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(word, fc.constant('managedFields')), tie('value'), { maxKeys: 3 }),
  ),
})).value;

test('the rest of a body is decoded as it would be without this, whatever it holds', () => {
  let cut = 0;
  fc.assert(
    fc.property(anything, anything, anything, (before, fields, after) => {
      const review = { before, managedFields: [fields], after };
      const text = JSON.stringify(review);
      const fewer = withoutManagedFields(Buffer.from(text));
      if (fewer && isJson(fewer.toString())) cut += 1;
      expect(withoutLists(decoded(text))).toEqual(withoutLists(JSON.parse(text)));
    }),
    { numRuns: 3_000 },
  );
  expect(cut).toBeGreaterThan(100);
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// Also those under a key that ends in it after a quote.
function withoutLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLists);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      /(?:^|")managedFields$/.test(key) && Array.isArray(item) ? [] : withoutLists(item),
    ]),
  );
}
