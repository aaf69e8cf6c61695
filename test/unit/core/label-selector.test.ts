import { describe, expect, it } from 'vitest';
import { inWords, selects } from '../../../src/core/label-selector.ts';

const labels = new Map([['a', '1']]);
const needs = (...matchExpressions: object[]) => ({ matchExpressions });

describe('a label selector', () => {
  it.each<[unknown, boolean]>([
    [undefined, true],
    [{}, true],
    [{ matchLabels: { a: '1' } }, true],
    [{ matchLabels: { a: '2' } }, false],
    [{ matchLabels: { b: '1' } }, false],
    [needs({ key: 'a', operator: 'In', values: ['0', '1'] }), true],
    [needs({ key: 'a', operator: 'In', values: ['0'] }), false],
    [needs({ key: 'b', operator: 'In', values: ['1'] }), false],
    [needs({ key: 'a', operator: 'NotIn', values: ['1'] }), false],
    [needs({ key: 'b', operator: 'NotIn', values: ['1'] }), true],
    [needs({ key: 'a', operator: 'Exists' }), true],
    [needs({ key: 'b', operator: 'Exists' }), false],
    [needs({ key: 'a', operator: 'DoesNotExist' }), false],
    [needs({ key: 'b', operator: 'DoesNotExist' }), true],
    [needs({ key: 'a', operator: 'Near' }), false],
    [needs({ operator: 'Exists' }), false],
    [{ matchLabels: { a: '1' }, ...needs({ key: 'b', operator: 'Exists' }) }, false],
  ])('%j selects a=1: %s', (selector, wanted) => {
    expect(selects(selector, labels)).toBe(wanted);
  });

  it.each<[unknown, string]>([
    [undefined, 'all'],
    [{}, 'all'],
    [{ matchLabels: { a: '1' }, ...needs({ key: 'b', operator: 'Exists' }) }, 'a=1,b'],
    [
      needs({ key: 'c', operator: 'NotIn', values: ['d', 'e'] }, { key: 'f', operator: 'DoesNotExist' }),
      'c notin (d,e),!f',
    ],
    // What no API server accepts.
    [needs({}), '  ()'],
  ])('%j in kubectl’s words', (selector, words) => {
    expect(inWords(selector)).toBe(words);
  });
});
