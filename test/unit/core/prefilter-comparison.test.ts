// A filter that is older than the catalogue hides pods, and nobody is told: what doctor compares must find every word.
import { describe, expect, it } from 'vitest';
import { type MatchCondition, matchConditionsFor } from '../../../src/core/match-conditions.ts';
import { compareMatchConditions } from '../../../src/core/prefilter-comparison.ts';
import { settingsOf } from '../../support/cases.ts';

const rowsOf = (config: object) => settingsOf(JSON.stringify(config)).catalogue.rows;
const builtIn = rowsOf({});
const of = (config: object): readonly MatchCondition[] => matchConditionsFor(rowsOf(config)).conditions;
const changed = (change: (expression: string) => string) =>
  of({}).map(({ name, expression }) => ({ name, expression: change(expression) }));
const nothing = { missing: [], inexpressible: undefined, others: [] };

describe('registered conditions', () => {
  it('are the same however their lines are folded', () => {
    expect(compareMatchConditions(of({}), builtIn)).toEqual({ prefilter: 'same', ...nothing });
    const folded = changed((expression) => expression.replace(/\s+/g, ' '));
    expect(compareMatchConditions(folded, builtIn)).toEqual({ prefilter: 'same', ...nothing });
  });

  it('without a prefilter send every pod', () => {
    expect(compareMatchConditions(of({}).slice(0, 2), builtIn)).toEqual({ prefilter: 'absent', ...nothing });
    expect(compareMatchConditions([], builtIn)).toEqual({ prefilter: 'absent', ...nothing });
  });

  it('for more rows than are in force are wider', () => {
    const fewer = rowsOf({ disabledWorkloads: ['sonarqube', 'cratedb'] });
    expect(compareMatchConditions(of({}), fewer)).toEqual({ prefilter: 'wider', ...nothing });
  });

  it.each<[string, object, string[]]>([
    ['an image', { images: ['acme/finder'] }, ['finder']],
    ['a part of an image’s name', { images: ['*finder*'] }, ['finder']],
    ['a setting', { env: ['find.er'] }, ["'find.er'"]],
    ['a folder', { mounts: ['/srv/finder'] }, ["'/srv/finder/'"]],
    ['a label', { labels: { 'a.io/b': 'c' } }, ["['a.io/b', 'c']"]],
    ['a variable', { hints: { env: ['FIND_OPTS'] } }, ["'FIND_OPTS'"]],
    ['a port', { hints: { ports: [[7001, 9200]] } }, ['7001']],
    ['a name', { hints: { containers: ['finder'] } }, ["'finder'"]],
    ['an image that another pattern covers', { images: ['my-elasticsearch'] }, []],
  ])('that do not know %s of a new row are narrower, and it is named', (_what, row, missing) => {
    const rows = rowsOf({ workloads: [{ name: 'new', required: 262_144, ...row }] });
    const prefilter = missing.length > 0 ? 'narrower' : 'same';
    expect(compareMatchConditions(of({}), rows)).toEqual({ ...nothing, prefilter, missing });
  });

  it('for other rows than those in force name all that is not known', () => {
    const registered = of({ disabledWorkloads: ['cratedb'] });
    const { prefilter, missing } = compareMatchConditions(registered, builtIn);
    expect(prefilter).toBe('narrower');
    expect(missing).toEqual(expect.arrayContaining(['crate', "'CRATE_HEAP_SIZE'", '4200']));
    // Elasticsearch is known.
    expect(missing.join()).not.toContain('elastic');
  });

  it('for no rows at all know nothing, and need nothing', () => {
    const none = { disabledWorkloads: builtIn.map(({ name }) => name) };
    const { prefilter, missing } = compareMatchConditions(of(none), builtIn);
    expect([prefilter, missing.length > 100]).toEqual(['narrower', true]);
    expect(compareMatchConditions(of({}), rowsOf(none))).toEqual({ prefilter: 'wider', ...nothing });
  });

  it.each<[string, (expression: string) => string]>([
    ['another limit', (expression) => expression.replace('> 20', '> 2')],
    ['less at the end', (expression) => expression.slice(0, -8)],
    ['more at the start', (expression) => `false && ${expression}`],
    ['another order', (expression) => expression.replaceAll('||', '&&')],
    ['nothing', () => ''],
  ])('of a text with %s are unknown, for nobody can say', (_what, change) => {
    expect(compareMatchConditions(changed(change), builtIn)).toMatchObject({ prefilter: 'unknown', missing: [] });
  });

  it('with a prefilter for rows that can have none are narrower', () => {
    const rows = rowsOf({ workloads: [{ name: 'odd', required: 262_144, env: ["it's"] }] });
    const inexpressible = '"it\'s" has characters that the prefilter does not take';
    expect(compareMatchConditions(of({}), rows)).toEqual({ ...nothing, prefilter: 'narrower', inexpressible });
    expect(compareMatchConditions([], rows)).toEqual({ ...nothing, prefilter: 'absent', inexpressible });
  });

  it('of the administrator’s own are named, and so is one of ours that says something else', () => {
    const own = { name: 'mine', expression: 'true' };
    const forged = { name: 'not-a-mirror-pod', expression: 'false' };
    expect(compareMatchConditions([...of({}), own, forged], builtIn)).toMatchObject({
      prefilter: 'same',
      others: ['mine', 'not-a-mirror-pod'],
    });
  });
});
