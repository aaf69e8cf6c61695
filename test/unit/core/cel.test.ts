import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyOf, globRegex, IN_COMPONENT, listLiteral, NEVER_MATCHES, stringLiteral } from '../../../src/core/cel.ts';
import { matchesGlob, parseGlob } from '../../../src/core/image.ts';

const environment = new Environment({ unlistedVariablesAreDyn: true });
const evaluate = (expression: string, variables: Record<string, unknown> = {}): unknown =>
  environment.evaluate(expression, variables);
// Characters that mean something in CEL, in RE2 or in a glob, and a few that do not.
const awkward = fc.string({
  unit: fc.constantFrom(...'ab/:@.*+?(){}|$^[]\\\'"`\n\t\0\x7f\x85é😀 -'),
  maxLength: 12,
});

describe('a literal', () => {
  it('means the text that it was made of', () => {
    fc.assert(
      fc.property(fc.oneof(awkward, fc.string({ unit: 'grapheme' })), (text) => {
        expect(evaluate(`text == ${stringLiteral(text)}`, { text })).toBe(true);
      }),
    );
  });

  it('is one line of characters that every editor shows', () => {
    expect(stringLiteral("it's\na \\ \u0085")).toBe("'it\\'s\\u000aa \\\\ \\u0085'");
  });

  it('of a list holds them all, in order', () => {
    fc.assert(
      fc.property(fc.array(awkward), (texts) => {
        expect(evaluate(`texts == ${listLiteral(texts)}`, { texts })).toBe(true);
      }),
    );
    expect(listLiteral(['a', 'b'])).toBe("['a', 'b']");
  });
});

describe('a regular expression', () => {
  it('for a glob matches what the glob matches', () => {
    let matched = 0;
    const near = fc.tuple(awkward, awkward).map(([glob, other]) => [glob, glob.replaceAll('*', () => other)] as const);
    fc.assert(
      fc.property(fc.oneof(near, fc.tuple(awkward, awkward)), ([glob, value]) => {
        const expected = matchesGlob(value, parseGlob(glob));
        if (expected) matched += 1;
        const regex = `^${globRegex(glob)}$`;
        expect(evaluate(`value.matches(${stringLiteral(regex)})`, { value })).toBe(expected);
      }),
      { numRuns: 2000 },
    );
    expect(matched).toBeGreaterThan(500);
  });

  it('for a repository stays inside one component and drops the tag', () => {
    const regex = new RegExp(`^${globRegex('apache/dor*.be', IN_COMPONENT)}$`);
    expect(['apache/doris.be', 'apache/dor.be'].filter((text) => regex.test(text))).toHaveLength(2);
    expect(['apache/dor/x.be', 'apache/doris-be', 'apache/doris.be:be-2'].filter((text) => regex.test(text))).toEqual(
      [],
    );
    expect(globRegex('doris.be')).toBe('doris[.]be');
    expect(globRegex('*a', IN_COMPONENT)).toBe('[^/:@]*a');
  });

  it('for any of none matches nothing', () => {
    expect(anyOf(['a', 'b'])).toBe('(?:a|b)');
    expect(anyOf([])).toBe(NEVER_MATCHES);
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(evaluate(`value.matches(${stringLiteral(NEVER_MATCHES)})`, { value })).toBe(false);
      }),
    );
  });
});
