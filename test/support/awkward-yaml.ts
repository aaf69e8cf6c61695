const HEAD = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n';

/** Documents, and how many objects are in them; 0 where both must refuse. */
export const AWKWARD: Readonly<Record<string, readonly [string, number]>> = {
  'a key given twice': [`${HEAD}kind: Secret\nkind: Pod\nmetadata: {name: b}\n`, 1],
  'a map given twice is not merged': [`${HEAD}spec: {a: 1}\nspec: {b: 2}\n`, 1],
  'quotes that go on in an unindented line': [`${HEAD}spec:\n  a: "x\ny\n\n  z"\n  b: 'it''s\nso'\n`, 1],
  'brackets that go on in unindented lines': [
    `${HEAD}spec:\n  a: [\n1, # one\n2,\n"three\nfour"]\n  b: {\nc: d\n}\n`,
    1,
  ],
  'scalars of YAML 1.1': [
    `${HEAD}spec: {a: yes, b: Off, c: 010, d: 0o17, e: 1_000, f: 0x1F, g: 0b11, h: 1e3, i: 1.048575e+06, j: 2020-01-01}\n`,
    1,
  ],
  'scalars that are text': [
    `${HEAD}spec: {a: 1:30, b: 08, c: 0x, d: _1, e: tRue, f: !!str 5, g: ~x, h: "yes", i: '010'}\n`,
    1,
  ],
  'keys that are no text': [`${HEAD}spec: {1: a, yes: b, 1.5: c, 010: d}\n`, 1],
  'a merge key above and below': [
    `${HEAD}x: &x {k: 1, m: 2}\nspec: {a: {<<: *x, k: 3}, b: {k: 3, <<: *x}, c: {<<: [{k: 4}, *x]}}\n`,
    1,
  ],
  'a comment right behind quotes': [`${HEAD}spec: {}\nstatus: "x"# comment\n`, 1],
  'the end of a document, and more': [`${HEAD}...\nspec: {a: 1}\n`, 1],
  'comments, empty documents, commented separators': [`# one\n---\n---  # two\n${HEAD}---\n# three\n---\n${HEAD}`, 2],
  'JSON objects in a row': [
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"}{"}}\n{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}',
    2,
  ],
  'JSON in a YAML stream': [
    `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "name": "b"}}\n---\n${HEAD}`,
    2,
  ],
  'line ends of Windows': [`${HEAD}spec:\n  a: |\n    x\n    y\n---\n${HEAD}`.replaceAll('\n', '\r\n'), 2],
  'block texts': [`${HEAD}spec:\n  a: |2-\n     x\n    y\n  b: >+\n    x\n\n    y\n\n  c: |\n    # no comment\n`, 1],
  'a List': [`apiVersion: v1\nkind: List\nitems:\n- ${HEAD.replaceAll('\n', '\n  ').trimEnd()}\n`, 1],
  'a tab as indentation': [`${HEAD}spec:\n\ta: 1\n`, 0],
  'a bracket that is not closed': [`${HEAD}spec: {a: [1}\n`, 0],
  'a quote that is not closed': [`${HEAD}spec: "a\n`, 0],
  'an alias of nothing': [`${HEAD}spec: *x\n`, 0],
  'a template that was not rendered': [`${HEAD}spec: {{ .Values.spec }}\n`, 0],
  'plain text': ['hello\n', 0],
  'a document in the line of the separator': [`--- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n`, 0],
};
