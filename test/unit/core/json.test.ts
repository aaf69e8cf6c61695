import { describe, expect, it } from 'vitest';
import { type Json, sameJson, textMap } from '../../../src/core/json.ts';

describe('two values say the same', () => {
  it.each<[Json, Json, boolean]>([
    [null, null, true],
    [1, 1, true],
    [1, '1', false],
    [null, {}, false],
    [{}, [], false],
    [[], {}, false],
    [[1, 2], [1, 2], true],
    [[1, 2], [2, 1], false],
    [[1], [1, 2], false],
    [{ a: 1, b: [null] }, { b: [null], a: 1 }, true],
    [{ a: 1 }, { a: 2 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: null }, {}, false],
    [{ a: null }, { toString: null }, false],
  ])('%j and %j: %s', (left, right, same) => {
    expect(sameJson(left, right)).toBe(same);
    expect(sameJson(right, left)).toBe(same);
  });
});

it('a map of texts holds no other value, and no property of every object', () => {
  expect([...textMap({ labels: { a: 'b', c: 1, d: null } }, 'labels')]).toEqual([['a', 'b']]);
  expect(textMap({ labels: {} }, 'labels').has('constructor')).toBe(false);
  for (const labels of [null, [], 'a=b']) expect(textMap({ labels }, 'labels').size).toBe(0);
});
