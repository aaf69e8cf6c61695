import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/core/evaluate.ts';
import { matchesGlob, matchesPattern, parseGlob, parseImage, parsePattern } from '../../../src/core/image.ts';
import { compareVersions, versionInTag } from '../../../src/core/version.ts';
import { settingsOf } from '../../support/cases.ts';

describe('parseImage', () => {
  it.each([
    ['elasticsearch', undefined, 'library/elasticsearch', undefined, undefined],
    ['docker.io/elasticsearch:8', 'docker.io', 'library/elasticsearch', '8', undefined],
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
    ['x@sha256:abc123', undefined, 'library/x', undefined, 'sha256:abc123'],
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
    ['8.16.2', '8.16.2'],
    ['v5.6.4', '5.6.4'],
    ['9.6.0-SNAPSHOT', '9.6.0'],
    ['2.4.4-alpine', '2.4.4'],
    ['742', '742'],
    ['latest', undefined],
    ['b42c851', undefined],
    ['2ab34cd', undefined],
  ])('tag %s starts with %s', (tag, version) => expect(versionInTag(tag)).toBe(version));

  // What follows from a version and from none is told apart by the number and the fact that is shown for it.
  const need = (image: string, level = 'required') => {
    const settings = settingsOf(`level: ${level}`);
    const pod = { spec: { containers: [{ name: 'main', image }] } };
    const { required, value, evidence } = evaluate(pod, { strategy: 'init-container' }, settings);
    return [required ?? 0, value ?? 0, evidence.find(({ signal }) => signal === 'version')?.value];
  };

  it.each([
    ['elasticsearch:2.4.6', 0, '2.4.6'],
    ['elasticsearch:2', 0, '2'],
    ['elasticsearch:4.9', 0, '4.9'],
    ['elasticsearch:5', 262144, '5'],
    ['registry.corp/library/elasticsearch:1.7.1', 0, '1.7.1'],
    ['registry.corp/search/elasticsearch:1.4.0', 262144, undefined],
    ['registry.corp/elasticsearch/elasticsearch:1.4.0', 262144, undefined],
    ['registry.corp/elasticsearch/elasticsearch:8.4.0', 262144, '8.4.0'],
    ['registry.corp/elasticsearch:2.4.6', 262144, undefined],
    ['sebp/elk:es235_l234_k454', 0, '2.3.5'],
    ['sebp/elk:oss-742', 262144, '7.4.2'],
    ['floragunncom/sg-elasticsearch:2.0.0-es-8.13.4', 262144, '8.13.4'],
    ['sonarqube:8.3.1-community', 262144, '8.3.1'],
    ['sonarqube:8.9-community', 524288, '8.9'],
    ['sonarqube:8-community', 524288, '8'],
    ['sonarqube:7-community', 262144, '7'],
    ['acme/sonarqube:1.0', 524288, undefined],
    ['apache/doris:be-2.1.8', 2000000, '2.1.8'],
    ['apache/doris:be-latest', 2000000, undefined],
    ['apache/doris:2.0.0_alpha-be-x86_64', 2000000, '2.0.0'],
  ])('%s needs %d, by its version %s', (image, required, version) => {
    expect(need(image)).toEqual([required, required, version]);
  });

  it.each([
    ['elasticsearch:7.14.0', 262144],
    ['elasticsearch:8.15.9', 262144],
    ['elasticsearch:8.16.0', 1048576],
    ['elasticsearch:8', 1048576],
    ['elasticsearch:latest', 1048576],
    ['registry.corp/elasticsearch:7.14.0', 1048576],
  ])('with level: recommended %s gets %d', (image, value) => expect(need(image, 'recommended')[1]).toBe(value));

  it('are compared number by number', () => {
    expect(compareVersions('8.16', '8.16.1')).toBeLessThan(0);
    // Cut within a longer one, or not begun.
    expect(compareVersions('8.16.', '8.16')).toBe(0);
    expect(compareVersions('latest', '0')).toBe(0);
    expect(['8.9', '8.16', '8.16.0', '10', '8.2'].toSorted(compareVersions)).toEqual([
      '8.2',
      '8.9',
      '8.16',
      '8.16.0',
      '10',
    ]);
  });
});
