import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyPatch } from 'diff';
import { describe, expect, it } from 'vitest';
import { parseManifests } from '../../../src/cli/yaml/parse.ts';
import { rewrite } from '../../../src/cli/yaml/rewrite.ts';
import type { Operation } from '../../../src/core/operation.ts';
import { cli } from './support.ts';

function rewritten(source: string, ...operations: Operation[]) {
  const manifests = parseManifests('test.yaml', source);
  const parts = rewrite(manifests, new Map([[0, operations]]));
  return {
    before: parts.map(({ before }) => before).join(''),
    after: parts.map(({ after }) => after).join(''),
    printedAnew: parts.map(({ printedAnew }) => printedAnew),
  };
}

const add = (path: string, value: Operation['value']): Operation => ({ op: 'add', path, value });

const CASES: readonly (readonly [string, string, Operation, string])[] = [
  [
    'a key after the line of its parent, above a comment',
    'a:\n  # b\n  b: 1\n',
    add('/a/c', [1]),
    'a:\n  c:\n    - 1\n  # b\n  b: 1\n',
  ],
  ['a key of the document itself', '# x\na: 1 # one\nb: 2\n', add('/c', 3), '# x\na: 1 # one\nc: 3\nb: 2\n'],
  ['a key into a map in a list', 'l:\n- a: 1\n  b: 2\n', add('/l/0/c', 3), 'l:\n- a: 1\n  c: 3\n  b: 2\n'],
  [
    'the first item, above the comment of the other',
    'l:\n  # a\n  - a\n',
    add('/l/0', 'b'),
    'l:\n  - b\n  # a\n  - a\n',
  ],
  [
    'the last item, after a comment',
    'l:\n- a: 1 # one\nz: 1\n',
    add('/l/-', { b: 2 }),
    'l:\n- a: 1 # one\n- b: 2\nz: 1\n',
  ],
  ['the last item at the end without a line break', 'l:\n- a', add('/l/-', 'b'), 'l:\n- a\n- b\n'],
  ['the last item after a block scalar', 'l:\n- |\n  x\n\nz: 1\n', add('/l/-', 'b'), 'l:\n- |\n  x\n- b\n\nz: 1\n'],
  ['into an empty flow map', 'a: {} # x\n', add('/a/b', 1), 'a: {b: 1} # x\n'],
  ['into a flow map', 'a: { b: 1, }\n', add('/a/c', [1]), 'a: { c: [1], b: 1, }\n'],
  ['into JSON in YAML', 'a: {"b": 1}\n', add('/a/c', [{ d: 1 }]), 'a: {"c": [{"d": 1}], "b": 1}\n'],
  ['into a flow map of several lines', 'a: {\n  b: 1\n}\n', add('/a/c', { d: 1 }), 'a: {\n  c: {d: 1},\n  b: 1\n}\n'],
  ['nothing where it says so already', 'a: # one\n  b: x # two\n', add('/a/b', 'x'), 'a: # one\n  b: x # two\n'],
  ['another text in the place of one', 'a:\n  b: x # two\n', add('/a/b', 'y'), 'a:\n  b: "y" # two\n'],
  ['beside a key that is given twice', 'a: 1\na: {b: 2}\n', add('/a/c', 3), 'a: 1\na: {c: 3, b: 2}\n'],
  [
    'beside quotes that go on in an unindented line',
    'a:\n  b: "x\ny\n\nz"\n  c: [\n1]\n',
    add('/a/d', 3),
    'a:\n  d: 3\n  b: "x\ny\n\nz"\n  c: [\n1]\n',
  ],
  ['into the unindented lines of brackets', 'a: {\nb: 1\n}\n', add('/a/c', 3), 'a: {\n    c: 3,\nb: 1\n}\n'],
  ['into a flow list', 'a: [1, 2]\n', add('/a/-', 3), 'a: [1, 2, 3]\n'],
  [
    'into indented JSON',
    '{\n  "a": {\n    "b": 1\n  }\n}\n',
    add('/a/c', [1]),
    '{\n  "a": {\n    "c": [\n      1\n    ],\n    "b": 1\n  }\n}\n',
  ],
  ['a value for a key without one', 'a: # none\nb: 1\n', add('/a', { c: 1 }), 'a: # none\n  c: 1\nb: 1\n'],
  ['a value for null', 'a: null\nb: 1\n', add('/a', { c: 1 }), 'a: \n  c: 1\nb: 1\n'],
  ['a value for null in JSON', '{"a": null}\n', add('/a', [1]), '{"a": [1]}\n'],
  ['with the line ends of the text', 'a:\r\n  b: 1\r\n', add('/a/c', 2), 'a:\r\n  c: 2\r\n  b: 1\r\n'],
  ['under a key that needs escapes', 'a/b:\n  x~y: {}\n', add('/a~1b/x~0y/c', 1), 'a/b:\n  x~y: {c: 1}\n'],
];

describe('rewrite adds', () => {
  it.each(CASES)('%s', (_, source, operation, wanted) => {
    expect(rewritten(source, operation)).toEqual({ before: source, after: wanted, printedAnew: [undefined] });
  });

  it('nothing to what an anchor shares, but prints the document anew', () => {
    const source = 'a: &x {b: 1}\nc: *x\n---\n# kept\nd: 1\n';
    expect(rewritten(source, add('/a/e', 2))).toEqual({
      before: 'a:\n  b: 1\nc:\n  b: 1\n---\n# kept\nd: 1\n',
      after: 'a:\n  b: 1\n  e: 2\nc:\n  b: 1\n---\n# kept\nd: 1\n',
      printedAnew: ['shares parts through YAML anchors', undefined],
    });
  });
});

it('a long stream takes time in proportion, and its diff still applies', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cli-rewrite-'));
  const file = join(folder, 'long.yaml');
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: es}\nspec:\n  containers: [{name: es, image: elasticsearch:8}]\n';
  const text = `${Array(400).fill(pod).join('---\n# next\n')}`;
  writeFileSync(file, text);
  const [yaml, diff] = [await cli(['preview', '-f', file, '-o', 'yaml']), await cli(['preview', '-f', file])];
  rmSync(folder, { recursive: true });
  expect(yaml.stderr).toContain('400 would be patched');
  expect(applyPatch(text, diff.stdout)).toBe(yaml.stdout);
});
