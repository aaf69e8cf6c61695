import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob, matchesPattern, parseGlob, parseImage, parsePattern } from '../../../src/core/image.ts';
import { compareVersions, versionInTag } from '../../../src/core/version.ts';

describe('parseImage', () => {
  it.each([
    ['elasticsearch', undefined, 'elasticsearch', undefined, undefined],
    ['elastic/elasticsearch:8.1', undefined, 'elastic/elasticsearch', '8.1', undefined],
    ['localhost:5000/a/b', 'localhost:5000', 'a/b', undefined, undefined],
    ['localhost/a', 'localhost', 'a', undefined, undefined],
    ['[::1]:5000/a:b', '[::1]:5000', 'a', 'b', undefined],
    [
      'docker.io/docker.elastic.co/elasticsearch/elasticsearch:7',
      'docker.io',
      'docker.elastic.co/elasticsearch/elasticsearch',
      '7',
      undefined,
    ],
    ['r.example/x:1@sha256:abc123', 'r.example', 'x', '1', 'sha256:abc123'],
    ['x@sha256:abc123', undefined, 'x', undefined, 'sha256:abc123'],
  ])('takes %s apart', (reference, registry, path, tag, digest) => {
    expect(parseImage(reference)).toEqual({ registry, path: path.split('/'), tag, digest });
  });

  it.each([
    '',
    '/',
    'A',
    'Elasticsearch:8',
    'a//b',
    'a:',
    'a@',
    'a@sha256:xyz',
    'a:b:c',
    '-a',
    'a-',
    'a..b',
    'е1astic',
    'a b',
    ' a',
    '%V%',
    'a'.repeat(600),
  ])('refuses %j', (reference) => expect(parseImage(reference)).toBeUndefined());
});

describe('patterns', () => {
  const matches = (image: string, pattern: string) => {
    const [left, right] = [parseImage(image), parsePattern(pattern)];
    if (!left || !right) throw new Error('malformed');
    return matchesPattern(left, right);
  };

  it.each([
    ['r.io/a/elasticsearch:1', 'elasticsearch', true],
    ['r.io/a/elasticsearch:1', 'a/elasticsearch', true],
    ['r.io/elasticsearch:1', 'r.io/elasticsearch', false],
    ['elasticsearch', 'a/elasticsearch', false],
    ['a/elasticsearch-oss', 'elasticsearch', false],
    ['apache/doris:be-2', 'doris:be-*', true],
    ['apache/doris', 'doris:be-*', false],
    ['apache/doris@sha256:aa', 'doris:*', true],
    ['a/b/c', 'b/*', true],
  ])('%s against %s: %s', (image, pattern, expected) => expect(matches(image, pattern)).toBe(expected));

  it.each(['', 'A', 'a b', '/a', 'a/', 'a:', '^a$', 'a@sha256:b', 'a(b)+'])('%j is no pattern', (text) => {
    expect(parsePattern(text)).toBeUndefined();
  });

  it('a glob means what the same regular expression means', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
    fc.assert(
      fc.property(word, glob, (text, pattern) => {
        expect(matchesGlob(text, parseGlob(pattern))).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('versions', () => {
  it.each([
    ['8.16.2', 'elasticsearch', '8.16.2'],
    ['v5.6.4', 'elasticsearch', '5.6.4'],
    ['9.6.0-SNAPSHOT', 'elasticsearch', '9.6.0'],
    ['2.4.4-alpine', 'elasticsearch', '2.4.4'],
    ['2.0.0-es-8.13.4', 'sg-elasticsearch', '8.13.4'],
    ['742', 'elk', '7.4.2'],
    ['742', 'elasticsearch', '742'],
    ['es235_l234_k454', 'elk', '2.3.5'],
    ['latest', 'elasticsearch', undefined],
    ['b42c851', 'elasticsearch', undefined],
    ['2ab34cd', 'elasticsearch', undefined],
  ])('tag %s of %s says %s', (tag, repository, version) => expect(versionInTag(tag, repository)).toBe(version));

  it('are compared number by number', () => {
    expect(['8.9', '8.16', '8.16.0', '10', '8.2'].toSorted(compareVersions)).toEqual([
      '8.2',
      '8.9',
      '8.16',
      '8.16.0',
      '10',
    ]);
  });
});
