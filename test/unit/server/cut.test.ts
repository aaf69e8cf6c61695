import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutLargeParts } from '../../../src/server/cut.ts';

function cut(value: unknown, most: number): unknown {
  const kept = cutLargeParts(Buffer.from(JSON.stringify(value)), most);
  return kept && JSON.parse(kept.toString());
}

const many = Array.from({ length: 1_500 }, (_, index) => ({ '"]}\\': `{[,${index}\\"` }));

describe('a body with too many values', () => {
  test('keeps what identifies the review; the large parts are null', () => {
    const kind = { group: '', version: 'v1', kind: 'Pod' };
    const review = { kind: 'AdmissionReview', request: { uid: 'u', kind, object: { spec: many }, oldObject: null } };
    expect(cut(review, 2_000)).toEqual({ ...review, request: { ...review.request, object: null } });
    expect(cut(review, 4_000)).toEqual(review);
  });

  test('is refused when the values are elsewhere', () => {
    expect(cut(Array(5_000).fill(1), 2_000)).toBeUndefined();
    expect(cut({ request: { list: Array(5_000).fill(1), uid: 'u' } }, 2_000)).toEqual({
      request: { list: null, uid: 'u' },
    });
    expect(cut({ list: Array(5_000).fill(1) }, 2_000)).toBeUndefined();
  });

  test('is not taken for one because of what stands in its strings', () => {
    const text = { request: { object: { data: '{[,"\\'.repeat(5_000) } } };
    expect(cut(text, 2_000)).toEqual(text);
  });
});

test('what is left is JSON and within the limit, whatever the value', () => {
  const part = fc.jsonValue({ maxDepth: 5 });
  fc.assert(
    fc.property(part, part, fc.nat(3_000), (first, second, repeats) => {
      const review = { kind: 'x', request: { uid: 'u', first, object: Array(repeats).fill(second), list: [first] } };
      const bytes = Buffer.from(JSON.stringify(review));
      const kept = cutLargeParts(bytes, 1_100);
      if (!kept) return;
      const value = JSON.parse(kept.toString());
      expect(value).toMatchObject({ kind: 'x', request: { uid: 'u' } });
      // JSON has no -0.
      if (kept === bytes) expect(value).toEqual(JSON.parse(bytes.toString()));
      else expect(value.request.object).toBeNull();
      expect(countValues(value)).toBeLessThanOrEqual(2_000);
    }),
  );
});

test('bytes that are no JSON cost one pass and no fault', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[[\]{},"\\a]*$/), fc.nat(50), (text, most) => {
      expect(() => cutLargeParts(Buffer.from(text), most)).not.toThrow();
    }),
  );
});

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return 1 + Object.values(value).reduce((sum: number, item) => sum + countValues(item), 0);
}
