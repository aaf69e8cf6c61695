import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecentMap } from '../../../src/server/recent-map.ts';

it('keeps what was set or asked for within half of its size, and never more than its size', () => {
  const most = 20;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(30), fc.boolean())), (steps) => {
      const map = new RecentMap<number, number>(most);
      const lately: number[] = [];
      for (const [key, isSet] of steps) {
        if (isSet) map.set(key, key);
        const found = map.get(key);
        expect(found === undefined || found === key).toBe(true);
        if (found !== undefined) lately.unshift(key);
      }
      for (const key of new Set(lately.slice(0, most / 2))) expect(map.get(key)).toBe(key);
      const kept = Array.from({ length: 31 }, (_, key) => map.get(key)).filter((value) => value !== undefined);
      expect(kept.length).toBeLessThanOrEqual(most);
    }),
  );
});

it('counts sizes, and does not keep what would fill more than half of it', () => {
  const map = new RecentMap<string, number>(10, (key, size) => key.length + size);
  map.set('a', 4);
  map.set('b', 5);
  expect([map.get('a'), map.get('b')]).toEqual([4, undefined]);
  for (const key of ['c', 'd', 'e']) map.set(key, 3);
  expect(['a', 'c', 'd', 'e'].map((key) => map.get(key))).toEqual([undefined, undefined, 3, 3]);
});
