import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Names } from '../../../src/core/names.ts';

const name = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '_', '\u00e9', '\u4e2d'), maxLength: 40 });

test('has what a map has', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, fc.nat()), { selector: ([key]) => key }), name, (entries, other) => {
      const [names, map] = [new Names(entries), new Map(entries)];
      expect([names.size, [...names.keys()]]).toEqual([map.size, [...map.keys()]]);
      for (const key of [other, ...map.keys()]) {
        expect([names.get(key), names.has(key)]).toEqual([map.get(key), map.has(key)]);
      }
    }),
  );
});

test('may have a name in small letters that it has in large ones', () => {
  const names = new Names([['ENDPOINT', 1]]);
  expect(names.mayHave('endpoint'.length, 'e'.charCodeAt(0))).toBe(true);
  expect([names.mayHave('endpoint'.length, 'f'.charCodeAt(0)), names.mayHave(7, 'e'.charCodeAt(0))]).toEqual([
    false,
    false,
  ]);
});
