// What a container starts, by its command line.
import { describe, expect, it } from 'vitest';
import { catalogueOf } from '../../../src/core/catalogue.ts';
import { LIMITS } from '../../../src/core/limits.ts';
import { readPod } from '../../../src/core/read-pod.ts';
import { runs } from '../../../src/core/runs.ts';
import { partsOf, simpleCommands } from '../../../src/core/shell.ts';

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

  it('leaves out what is no command: names of functions, patterns and headers', () => {
    expect(words('f() { a; }; case $x in b) c;; *) d ;; esac; for i in 1 2; do e; done; (g)')).toEqual([
      ['a'],
      ['c'],
      ['d'],
      ['e'],
      ['g'],
    ]);
  });

  it.each([
    ["a 'b", 'a quote'],
    ['a "b', 'a double quote'],
    ['a $(b', 'a parenthesis'],
    ['a ${b', 'a brace'],
    ['a `b', 'a backquote'],
    ['a \\', 'a backslash'],
  ])('reads nothing of %j, which does not close %s', (script) => {
    expect(partsOf(script)).toBeUndefined();
    expect(words(script)).toEqual([]);
  });

  it.each([
    [String.raw`a\ b`, 'a b', false],
    ["'$A'", '$A', false],
    [String.raw`"\$A"`, '$A', false],
    [String.raw`"a\b"`, String.raw`a\b`, false],
    ['"a\\\nb"', 'ab', false],
    ['a\\\nb', 'ab', false],
    ['$A', '${A}', true],
    ['"$A"B', '${A}B', true],
    ['${A:-b c}', '${A:-b c}', true],
    ['$', '$$', true],
    ['$"A"', '$$A', true],
    ['"$(echo ")"; x)"', '$(echo ")"; x)', true],
    ['`cat /x`', '`cat /x`', true],
  ])('takes the quotes off %j', (word, text, isExpanded) => {
    expect(partsOf(word)).toEqual([{ is: 'command', words: [{ text, isExpanded }], outputs: [] }]);
  });

  it('knows where the standard output goes', () => {
    const outputs = (script: string) =>
      (partsOf(script) ?? []).flatMap((part) => (part.is === 'command' ? part.outputs.map(({ text }) => text) : []));
    expect(outputs('a >/b 2>&1; a >> "/c" </d; a 2>/e; a &>/f; a 2>&- x; a 1>|/g')).toEqual(['/b', '/c', '/g']);
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
    [['nice', '-n', '5', 'elasticsearch'], [], 'server'],
    [['runuser', '-u', 'elasticsearch', '--', 'elasticsearch'], [], 'server'],
    [['/entrypoint.sh'], [], 'server'],
    [['bash', '-c', '. /opt/bitnami/scripts/elasticsearch/entrypoint.sh /run.sh'], [], 'server'],
    [['bash', '-c', 'source /usr/local/bin/docker-entrypoint.sh'], [], 'server'],
    [['/scripts/mine'], [], 'unknown'],
    [['bash', '/scripts/mine.sh'], [], 'unknown'],
    [['bash', '--norc'], [], 'unknown'],
    [['sh', '-c', 'sh -c "sh -c \'sh -c elasticsearch\'"'], [], 'unknown'],
    [['sh', '-c', '"not closed'], [], 'unknown'],
    [['sh', '-c', 'x'.repeat(LIMITS.commandLength.most)], [], 'unknown'],
    [['curl', ...Array<string>(LIMITS.commandWords.most).fill('x')], [], 'unknown'],
    [['sleep'], ['3600'], 'tool'],
    [[], ['curl', '-s', 'http://es:9200'], 'tool'],
    [['bash', '-exc'], ['until curl es:9200; do sleep 1; done; echo ok'], 'tool'],
    [['bin/elasticsearch-certutil'], ['ca'], 'tool'],
    [['sh', '-c', 'cd /x && ./bin/elasticsearch-setup-passwords auto'], [], 'tool'],
    [['env', 'A=b', 'timeout', '5', 'curl', 'x'], [], 'tool'],
    [['su', 'elasticsearch', '-c', 'bin/elasticsearch'], [], 'server'],
    // kubectl run -it, kubectl debug
    [[], ['bash'], 'tool'],
    [['/bin/sh', '-i'], [], 'tool'],
    [['bash', '--login'], [], 'tool'],
    // Argo and Tekton
    [['/var/run/argo/argoexec', 'emissary', '--loglevel', 'info', '--', 'sh', '-c', 'curl http://es:9200'], [], 'tool'],
    [['argoexec', 'emissary', '--'], ['/usr/local/bin/docker-entrypoint.sh'], 'server'],
    [['argoexec', 'wait'], [], 'unknown'],
    [['/tekton/bin/entrypoint'], ['-wait_file', '/x', '-entrypoint', 'curl', '--', 'http://es:9200'], 'tool'],
    [['/tekton/bin/entrypoint'], ['-entrypoint', 'elasticsearch', '--'], 'server'],
    [['/tekton/bin/entrypoint', '-entrypoint', 'bash'], [], 'tool'],
    [['/tekton/bin/entrypoint'], [], 'unknown'],
  ])('%j %j: %s', (command, args, expected) => {
    expect(runs(containerWith(command, args), catalogueOf())).toBe(expected);
  });
});
