// What the page's worker does, without a browser; test/playground has the page itself.
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { decide } from '../../../playground/decide.ts';
import { installationOf } from '../../../playground/installation.ts';
import { namespacesFor } from '../../../playground/namespaces.ts';
import { diffByDocument, textsOf } from '../../../playground/texts.ts';
import { LEVELS, STRATEGIES_OF } from '../../../src/cli/share/shared.ts';
import type { AllowedStrategy } from '../../../src/core/decision.ts';
import { REASONS } from '../../../src/core/reasons.ts';
import { CASES, examples } from '../../../tools/playground/examples.ts';
import { caseNames, decideCase, readCase } from '../../support/cases.ts';
import { readText } from '../../support/markdown.ts';

interface Example {
  readonly name: string;
  readonly manifest: string;
  readonly config: string;
  readonly strategy: AllowedStrategy;
}

const all = examples() as Example[];
const PLAIN = { config: '', level: 'privileged', strategy: 'init-container', engine: 'webhook' } as const;
const ELK = { ...PLAIN, manifest: readText('examples/elk.yaml') };

describe('the examples', () => {
  it('begin with the article, and have one for every reason that a manifest can show', () => {
    const shown = Object.keys(REASONS).filter((reason) => reason !== 'not-create' && reason !== 'internal-error');
    expect(all.map(({ name }) => name)).toEqual(['article', ...Object.keys(CASES)]);
    expect(Object.keys(CASES).sort()).toEqual(shown.sort());
  });

  it.each(all.slice(1).map((example) => [example.name, example] as const))('%s shows it', (reason, example) => {
    const { templates, problems, configProblems } = decide({ ...PLAIN, ...example }).answer;
    expect([...problems, ...configProblems]).toEqual([]);
    expect(templates.map((template) => template.reason)).toContain(reason);
  });
});

describe('a fact', () => {
  it('names the lines that state it', () => {
    const [elk] = decide(ELK).answer.templates;
    const lines = ELK.manifest.split('\n');
    const stated = elk?.facts.map(({ signal, points, lines: at }) => [
      signal,
      points,
      at && lines[at.first - 1]?.trim(),
    ]);
    expect(stated).toEqual(
      expect.arrayContaining([
        ['image', '+12', 'image: sebp/elk'],
        ['ports', '+2', 'ports:'],
      ]),
    );
  });

  it('of what an operator fills in points at the one line that makes it do so', () => {
    const manifest = [
      'kind: Pod',
      '---',
      'apiVersion: elasticsearch.k8s.elastic.co/v1',
      'kind: Elasticsearch',
      'metadata: {name: es}',
      'spec:',
      '  version: 8.19.0',
      '  nodeSets:',
      '  - name: default',
      '    count: 3',
    ].join('\n');
    const { templates } = decide({ ...ELK, manifest }).answer;
    const image = templates.flatMap(({ facts }) => facts).find(({ signal }) => signal === 'image');
    expect(image?.lines).toEqual({ first: 9, last: 9 });
  });
});

describe('what is wrong', () => {
  it.each([
    ['kind: [Pod\n', { line: 2, column: 1 }],
    ['kind: Pod\n\tspec: {}\n', { line: 2, column: 1 }],
  ])('with %j is said with its place', (manifest, place) => {
    expect(decide({ ...ELK, manifest }).answer.problems[0]).toMatchObject(place);
  });

  it('with one document costs no other', () => {
    const { problems, templates } = decide({ ...ELK, manifest: `kind: [Pod\n---\n${ELK.manifest}` }).answer;
    expect(problems).toHaveLength(1);
    expect(templates.map(({ reason }) => reason)).toEqual(['injected', 'not-matched']);
  });

  it('with the configuration stops everything', () => {
    const { answer, decided } = decide({ ...ELK, config: 'mode: enforces\n' });
    expect(answer.configProblems).toHaveLength(1);
    expect(answer.templates).toEqual([]);
    expect(decided).toBeUndefined();
  });

  it('is nothing in an empty manifest, and the size of a huge one', () => {
    expect(decide({ ...ELK, manifest: ' \n' }).answer).toMatchObject({ problems: [], templates: [] });
    const huge = decide({ ...ELK, manifest: `#${'x'.repeat(5_000_000)}` }).answer;
    expect(huge.problems).toEqual([{ sentence: expect.stringContaining('larger than 4 MiB') }]);
  });
});

describe('the texts', () => {
  it('of a template are those of its document, with the numbers of the whole file', () => {
    const { decided } = decide({ ...ELK, manifest: `${ELK.manifest.split('---\n').reverse().join('\n---\n')}` });
    const texts = decided && textsOf(decided);
    const [nginx, elk] = texts?.templates ?? [];
    expect(nginx).toMatchObject({ diff: '', patch: '' });
    expect(elk?.diff).toBe(texts?.diff);
    expect(elk?.diff).toMatch(/^--- manifest\.yaml\t?.*\n\+\+\+ .*\n@@ -\d+/);
    expect(elk?.yaml).toContain('name: max-map-count');
    expect(JSON.parse(elk?.pod ? JSON.stringify(elk.pod) : '""')).toContain('generateName: elk-deployment-');
    expect(JSON.parse(elk?.record ?? '[]')).toMatchObject([{ name: 'elk-deployment', reason: 'injected' }]);
  });

  it('split a diff by document, hunk by hunk', () => {
    const hunk = (from: number, count: number) => `@@ -${from},${count} +${from},${count + 1} @@\n a\n+b\n`;
    const diff = `--- m\n+++ m\n${hunk(1, 3)}${hunk(8, 3)}${hunk(12, 4)}`;
    const ofDocument = diffByDocument(diff, [10, 0, 5]);
    expect(ofDocument(0)).toBe(`--- m\n+++ m\n${hunk(1, 3)}${hunk(8, 3)}`);
    expect(ofDocument(1)).toBe('');
    expect(ofDocument(2)).toBe(`--- m\n+++ m\n${hunk(12, 4)}`);
  });

  it('of every case are there, its record has the decision, and its facts point at lines of it', () => {
    for (const name of caseNames) {
      const known = readCase(name);
      const { input, config, strategy } = known;
      const { decided, answer } = decide({ ...PLAIN, manifest: input, config, strategy });
      const [texts] = (decided && textsOf(decided).templates) ?? [];
      const { decision, patch } = decideCase(known);
      expect(JSON.parse(texts?.record ?? '[{}]')[0], name).toMatchObject({ reason: decision.reason, patch });
      expect(texts?.diff === '', name).toBe(patch.length === 0);
      const count = input.split('\n').length;
      for (const { lines } of answer.templates.flatMap(({ facts }) => facts)) {
        expect(lines && lines.first >= 1 && lines.first <= lines.last && lines.last <= count, name).toBe(true);
      }
    }
  });
});

describe('an installation', () => {
  it('has match conditions and a policy for its configuration', () => {
    const { conditions, policy } = installationOf(ELK);
    expect(conditions).toContain('- name: not-yet-injected\n  expression: |');
    expect(parseAllDocuments(policy).map((document) => document.get('kind'))).toEqual([
      'MutatingAdmissionPolicy',
      'MutatingAdmissionPolicyBinding',
    ]);
    const without = installationOf({ ...ELK, config: 'disabledWorkloads: [sonarqube]\n' });
    expect(without.policy.length).toBeLessThan(policy.length);
  });

  it('has no policy that only observes, and nothing of a broken configuration', () => {
    expect(installationOf({ ...ELK, config: 'mode: observe\n' })).toMatchObject({ policy: '' });
    expect(installationOf({ ...ELK, config: 'modes: a\n' })).toEqual({ conditions: '', policy: '' });
  });

  it('never lets a restricted namespace have a privileged container', () => {
    for (const level of LEVELS) {
      for (const strategy of STRATEGIES_OF[level]) {
        const values = namespacesFor(level, strategy);
        expect(values.restrictedNamespaces).not.toBe('init-container');
        expect(values[level === 'privileged' ? 'privilegedNamespaces' : 'restrictedNamespaces']).toBe(strategy);
      }
    }
  });
});
