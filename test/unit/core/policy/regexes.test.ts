// The regular expressions of a policy against the functions that the detection uses for the same question.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInWorkloads } from '../../../../src/core/catalogue.ts';
import { patternsOf } from '../../../../src/core/catalogue-row.ts';
import { matchesAny, parseImage, parsePattern, withoutNumber } from '../../../../src/core/image.ts';
import { imageRegex, OFFICIAL, REFERENCE, toolRegex } from '../../../../src/core/policy/image-regex.ts';
import { digitsBelow, versionsBelow } from '../../../../src/core/policy/version-regex.ts';
import { isIn } from '../../../../src/core/version.ts';
import { imageText } from '../../../support/likely-pods.ts';

const part = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constantFrom(99, 100, 263));
const version = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));

describe('versions', () => {
  it('are below a bound exactly where they are in its range', () => {
    fc.assert(
      fc.property(version, version, (text, before) => {
        const below = versionsBelow(before);
        const isBelow = below !== undefined && new RegExp(`^${below}$`).test(text);
        expect(isBelow).toBe(isIn({ text, path: '' }, { before }));
      }),
      { numRuns: 3000 },
    );
  });

  it('of three digits are none below the first of all', () => {
    expect('000').not.toMatch(new RegExp(`^${digitsBelow('0')}$`));
  });

  it('of three digits are never missed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), version, (number, before) => {
        const digits = String(number).padStart(3, '0');
        const isBelow = isIn({ text: [...digits].join('.'), path: '' }, { before });
        if (isBelow) expect(digits).toMatch(new RegExp(`^${digitsBelow(before)}$`));
      }),
    );
  });
});

describe('images', () => {
  const rows = builtInWorkloads.map((row) => ({ ...row, regexes: regexesOf(row) }));

  it('are read only where the reference grammar reads them', () => {
    const near = fc.oneof(imageText, fc.stringMatching(/^[a-zA-Z0-9._:/@-]{0,24}$/));
    fc.assert(
      fc.property(near, (image) => {
        if (new RegExp(REFERENCE).test(image)) expect(parseImage(image)).toBeDefined();
      }),
      { numRuns: 3000 },
    );
  });

  it('match a row’s patterns exactly where the detection says so', () => {
    let met = 0;
    fc.assert(
      fc.property(imageText, fc.constantFrom(...rows), (image, { regexes, images, notImages }) => {
        const parsed = new RegExp(REFERENCE).test(image) ? parseImage(image) : undefined;
        if (!parsed) return;
        const [exact, rules] = [false, true].map((isRule) => images.filter((pattern) => isExact(pattern) !== isRule));
        const numbered = (patterns: readonly string[]) =>
          matchesAny(parsed, patternsOf(patterns)) || matchesAny(withoutNumber(parsed), patternsOf(patterns));
        expect(regexes.exact.test(image)).toBe(numbered(exact ?? []));
        expect(regexes.rules.test(image)).toBe(matchesAny(parsed, patternsOf(rules ?? [])));
        if (matchesAny(parsed, patternsOf(notImages))) expect(image).toMatch(regexes.not);
        if (parsed.path.at(-2) === 'library') expect(image).toMatch(new RegExp(OFFICIAL));
        met += regexes.exact.test(image) || regexes.rules.test(image) ? 1 : 0;
      }),
      { numRuns: 5000 },
    );
    expect(met).toBeGreaterThan(100);
  });

  it.each([
    ['elasticsearch-exporter', true],
    ['team/es-ui:1', true],
    ['suite', false],
    ['quay.io/prometheus/elasticsearch:exporter', false],
    ['exporter/elasticsearch@sha256:abc', false],
  ])('have the word of a tool in their name or not: %s', (image, expected) => {
    const [{ toolWords }] = builtInWorkloads as [(typeof builtInWorkloads)[number]];
    expect(new RegExp(toolRegex(toolWords) ?? '').test(image)).toBe(expected);
  });
});

const isExact = (pattern: string) => parsePattern(pattern)?.isExact;

function regexesOf({ images, notImages }: (typeof builtInWorkloads)[number]) {
  return {
    exact: new RegExp(
      imageRegex(
        images.filter((pattern) => isExact(pattern)),
        { numbered: true },
      ),
    ),
    rules: new RegExp(imageRegex(images.filter((pattern) => !isExact(pattern)))),
    not: new RegExp(imageRegex(notImages)),
  };
}
