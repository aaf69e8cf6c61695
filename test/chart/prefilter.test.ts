// The chart makes its prefilter of values, the core of the configuration file: they must come to the same.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type MatchCondition, matchConditionsFor } from '../../src/core/match-conditions.ts';
import { PREFILTER } from '../../src/core/prefilter.ts';
import { settingsOf } from '../support/cases.ts';
import * as chart from '../support/chart.ts';
import { chartPrograms } from '../support/chart-programs.ts';

const { available, helm } = chartPrograms();
const EXTRA = readFileSync(new URL('../../examples/workloads-extra.yaml', import.meta.url), 'utf8');

type Entry = chart.WebhookConfiguration['webhooks'][number] & { readonly matchConditions: readonly MatchCondition[] };

describe.skipIf(!available)('the match conditions of the chart', () => {
  const entriesOf = async (values: chart.Values): Promise<readonly Entry[]> => {
    const objects = await chart.render({ helm, values });
    const all = objects.filter(({ kind }) => kind === 'MutatingWebhookConfiguration') as chart.WebhookConfiguration[];
    return all.flatMap(({ webhooks }) => webhooks as readonly Entry[]);
  };
  const podEntries = async (values: chart.Values) =>
    (await entriesOf(values)).filter(({ name }) => !name.startsWith('warn.'));
  // Folding is no difference.
  const plain = (conditions: readonly MatchCondition[]) =>
    conditions.map(({ name, expression }) => ({
      name,
      expression: name === PREFILTER ? expression : expression.replace(/\s+/g, ' '),
    }));

  it.each<[string, object]>([
    ['the built-in rows', {}],
    ['fewer rows', { disabledWorkloads: ['elasticsearch', 'doris-be'] }],
    ['the rows of the examples', parse(EXTRA)],
    [
      'rows of every kind',
      {
        disabledWorkloads: ['opensearch', 'wazuh-indexer'],
        workloads: [
          { name: 'bare', required: 262144 },
          {
            name: 'elasticsearch',
            required: 300000,
            images: ['acme/search:8-*', 'library/plain', '*a*longer*b:x', 'x.y_z-1'],
            env: ['search.mode', 'B'],
            mounts: ['/srv/search', '/srv/slashes///', '/'],
            labels: { 'z.io/last': 'yes', 'a.io/first': 'y*s', 'm.io/any': '*' },
            hints: { ports: [[7000, 7001], [80]], containers: ['searcher'], env: ['S_OPTS'], images: ['tiny'] },
          },
          { name: 'opensearch', required: 262144, images: ['*search*'], env: ['search.mode'] },
        ],
      },
    ],
    ['a row that matches every image', { workloads: [{ name: 'all', required: 262144, images: ['*'] }] }],
    ['a long word', { workloads: [{ name: 'long', required: 262144, env: ['x'.repeat(120), 'y'] }] }],
    ['no rows at all', { disabledWorkloads: settingsOf('').catalogue.rows.map(({ name }) => name) }],
  ])('are those of the core for %s', async (_what, config) => {
    const needed = matchConditionsFor(settingsOf(JSON.stringify(config)).catalogue.rows);
    expect(needed.leftOut).toBeUndefined();
    const entries = await podEntries({ config });
    expect(entries).toHaveLength(2);
    for (const { matchConditions } of entries) expect(plain(matchConditions)).toEqual(plain(needed.conditions));
  });

  it.each<[string, object[]]>([
    ['a character that it does not take', [{ name: 'odd', required: 262144, env: ["it's"] }]],
    [
      'too many words',
      [{ name: 'many', required: 262144, env: Array.from({ length: 251 }, (_, index) => `v${index}`) }],
    ],
    ['much text about images', [{ name: 'long', required: 262144, images: ['a'.repeat(800), 'b'.repeat(800)] }]],
  ])('leave the prefilter out for rows with %s, and NOTES say why', async (_what, workloads) => {
    const { leftOut } = matchConditionsFor(settingsOf(JSON.stringify({ workloads })).catalogue.rows);
    for (const { matchConditions } of await podEntries({ config: { workloads } }))
      expect(matchConditions.map(({ name }) => name)).toEqual(['not-yet-injected', 'not-a-mirror-pod']);
    const notes = await chart.notes({ helm, values: { config: { workloads } } });
    expect(notes.replace(/\s+/g, ' ')).toContain(
      `Every new pod is sent to the webhook: no prefilter could be made of the rows in config.workloads (webhook.prefilter), because ${leftOut}.`,
    );
    expect(await chart.notes({ helm })).not.toContain('Every new pod');
  });

  it('come without the prefilter where it is switched off, and before the user’s own', async () => {
    const own = { name: 'mine', expression: 'true' };
    const names = async (values: object) =>
      (await podEntries({ webhook: values })).map(({ matchConditions }) => matchConditions.map(({ name }) => name));
    const fixed = ['not-yet-injected', 'not-a-mirror-pod'];
    expect(await names({ prefilter: false, matchConditions: [own] })).toEqual([
      [...fixed, 'mine'],
      [...fixed, 'mine'],
    ]);
    expect(await names({ matchConditions: [own] })).toEqual([
      [...fixed, PREFILTER, 'mine'],
      [...fixed, PREFILTER, 'mine'],
    ]);
  });

  it('leave the entry that only warns as it is', async () => {
    const [warn] = (await entriesOf({ webhook: { warnOnWorkloads: true } })).filter(({ name }) =>
      name.startsWith('warn.'),
    );
    expect(warn?.matchConditions.map(({ name }) => name)).toEqual(['written-by-its-author']);
  });
});
