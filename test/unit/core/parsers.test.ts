import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogueOf } from '../../../src/core/catalogue.ts';
import { matchesGlob, matchesPattern, parseGlob, parseImage, parsePattern } from '../../../src/core/image.ts';
import { readPod } from '../../../src/core/pod.ts';
import { runs } from '../../../src/core/runs.ts';
import { simpleCommands } from '../../../src/core/shell.ts';
import { effectOf } from '../../../src/core/sysctl.ts';
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

describe('simpleCommands', () => {
  const words = (script: string) => simpleCommands(script).map((command) => command.words);

  it('splits lists, drops keywords, keeps substitutions in their word', () => {
    const script = 'set -e; if [ "$(cat /x)" -lt 5 ]; then\r\n  sysctl -w a=b && echo \'c d\' # no\nfi | tee /y';
    expect(words(script)).toEqual([
      ['set', '-e'],
      ['[', '$(cat /x)', '-lt', '5', ']'],
      ['sysctl', '-w', 'a=b'],
      ['echo', 'c d'],
      ['tee', '/y'],
    ]);
  });

  it('knows where output goes', () => {
    expect(simpleCommands('echo 1 >/a 2>&1; echo 2 >> "/b" </c')).toMatchObject([
      { outputs: ['/a'] },
      { outputs: ['/b'] },
    ]);
  });

  it('ends on any text, in linear time', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'a 1$(){}"\'`\\;&|<>#\n\r='), maxLength: 40 }),
        (text) => void words(text),
      ),
      {
        numRuns: 5000,
      },
    );
    for (const unit of ['$(', '"', "'", '\\', 'a>', '`', '1 ', '${', ';;', '<<<']) words(unit.repeat(200_000));
  });
});

function containerWith(command: readonly string[], args: readonly string[] = []) {
  const found = readPod({ spec: { containers: [{ name: 'c', image: 'i', command, args }] } })?.containers[0];
  if (!found) throw new Error('no container');
  return found;
}

describe('what a container runs', () => {
  it.each([
    [[], [], 'server'],
    [[], ['-Enode.name=a'], 'server'],
    [['sh', '-c', 'ulimit -n 65536; exec su elasticsearch docker-entrypoint.sh'], [], 'server'],
    [['/bin/bash', '-c', 'bin/elasticsearch -E node.name=a'], [], 'server'],
    [['tini', '--', '/usr/local/bin/docker-entrypoint.sh'], ['eswrapper'], 'server'],
    [['gosu', 'elasticsearch', 'elasticsearch'], [], 'server'],
    [['/entrypoint.sh'], [], 'server'],
    [['/scripts/mine'], [], 'unknown'],
    [['bash', '/scripts/mine.sh'], [], 'unknown'],
    [['sleep'], ['3600'], 'tool'],
    [[], ['curl', '-s', 'http://es:9200'], 'tool'],
    [['bash', '-exc'], ['until curl es:9200; do sleep 1; done; echo ok'], 'tool'],
    [['bin/elasticsearch-certutil'], ['ca'], 'tool'],
    [['sh', '-c', 'cd /x && ./bin/elasticsearch-setup-passwords auto'], [], 'tool'],
    [['env', 'A=b', 'timeout', '5', 'curl', 'x'], [], 'tool'],
    [['su', 'elasticsearch', '-c', 'bin/elasticsearch'], [], 'server'],
  ])('%j %j: %s', (command, args, expected) =>
    expect(runs(containerWith(command, args), catalogueOf())).toBe(expected),
  );
});

describe('what a command does about vm.max_map_count', () => {
  it.each([
    [['sysctl', '-w', 'vm.max_map_count=262144'], { value: 262144, how: 'set' }],
    [['/sbin/sysctl', '--write', 'vm/max_map_count = 1048576'], { value: 1048576 }],
    [['sh', '-c', 'sysctl vm.max_map_count=262144 fs.file-max=65536'], { value: 262144 }],
    [['sh', '-c', 'sysctl', '-w', 'vm.max_map_count=262144'], { value: null, isTornApart: true }],
    [['sh', '-c', 'sysctl -w vm.max_map_count=$1', '--', '262144'], { value: 262144 }],
    [
      ['sh', '-ec', 'V="524288"; [ $V -gt $(sysctl -n vm.max_map_count) ] && sysctl -w vm.max_map_count=$V'],
      { value: 524288, how: 'raise' },
    ],
    [['sh', '-c', 'sysctl -w vm.max_map_count=${V:-262144}'], { value: 262144 }],
    [['sh', '-c', 'sysctl -w vm.max_map_count=$(cat /etc/value)'], { value: null }],
    [['sh', '-c', 'echo 262144 > /proc/sys/vm/max_map_count'], { value: 262144, host: false }],
    [['sh', '-c', "printf '%s\\n' 262144 | tee /host/proc/sys/vm/max_map_count"], { value: 262144, host: true }],
    [['sh', '-c', 'echo vm.max_map_count=262144 >> /etc/sysctl.conf; sysctl -p'], { value: 262144 }],
    [['nsenter', '-t', '1', '-m', '--', 'sysctl', '-w', 'vm.max_map_count=262144'], { value: 262144 }],
    [
      ['sh', '-c', 'until [ $(cat /proc/sys/vm/max_map_count) -eq 262144 ]; do sleep 1; done'],
      { value: 262144, how: 'wait' },
    ],
    [['sysctl', '-n', 'vm.max_map_count'], undefined],
    [['sh', '-c', 'echo vm.max_map_count=262144'], undefined],
    [['sysctl', '-w', 'fs.file-max=65536'], undefined],
  ])('%j', (words, expected) => {
    const effect = effectOf(words, new Map());
    if (expected === undefined) expect(effect).toBeUndefined();
    else expect(effect).toMatchObject(expected);
  });
});
