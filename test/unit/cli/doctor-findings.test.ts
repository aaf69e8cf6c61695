// Every result that `doctor` can have, with its text; and the page that explains them.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkCertificate } from '../../../src/cli/doctor/check-certificate.ts';
import { type CheckResult, result } from '../../../src/cli/doctor/check-result.ts';
import { FINDINGS, UNKNOWNS } from '../../../src/cli/doctor/findings.ts';
import { reportText } from '../../../src/cli/doctor/report.ts';
import { RIGHTS, type Rule } from '../../../src/cli/doctor/rights.ts';
import { surveyWebhook, type WebhookSurvey } from '../../../src/cli/doctor/survey.ts';
import { codeBlocks, headingsOf, readText } from '../../support/markdown.ts';
import { caBundle, configuration, entry, HEALTHY, NOW, ownPod, resultsIn, service, settings } from './doctor-parts.ts';
import { worldKube } from './doctor-world.ts';
import { WORLDS } from './doctor-worlds.ts';

const SINK = { write: () => {}, colour: false };

/** What the certificate can be, which no stub can serve. */
async function certificateResults(): Promise<CheckResult[]> {
  const at = async (clientConfig: object, served: WebhookSurvey['served'], now = NOW) => {
    const kube = worldKube({
      ...HEALTHY,
      configurations: [configuration([entry({ clientConfig })])],
      probe: { body: {} },
    });
    return checkCertificate(
      { ...(await surveyWebhook(kube, { only: 'search', settings, isGiven: true })), served },
      now,
    );
  };
  const url = 'https://127.0.0.1:1/mutate/init-container';
  const bySide = { service: service('webhook', '/mutate/init-container') };
  const expires = new Date('2026-01-02');
  const results = [
    await at({ url, caBundle }, new Map([[url, { answers: false, problem: 'connect ECONNREFUSED' }]])),
    await at({ url, caBundle }, new Map([[url, { answers: true, problem: 'it has expired', expires }]])),
    await at(
      { url, caBundle },
      new Map([[url, { answers: true, problem: undefined, expires: new Date('2027-01-02') }]]),
    ),
    await at(bySide, new Map()),
    await at({ ...bySide, caBundle: Buffer.from('nonsense').toString('base64') }, new Map()),
    await at({ ...bySide, caBundle }, new Map(), new Date('2999-01-01')),
    await at({ ...bySide, caBundle }, new Map()),
  ];
  return results.flat().map((each) => ({ ...each, message: each.message.replace(/expired on .*/, 'expired on DATE') }));
}

async function everything(): Promise<Map<string, readonly CheckResult[]>> {
  const all = new Map<string, readonly CheckResult[]>();
  for (const [name, world] of Object.entries(WORLDS)) all.set(name, await resultsIn(world));
  all.set('more pods than the limit', await resultsIn({ ...HEALTHY, pods: [ownPod(), ownPod()] }, 1));
  all.set('certificates', await certificateResults());
  all.set('no cluster', [result('cluster-unreachable', 'context production: connect ECONNREFUSED 203.0.113.10:6443')]);
  return all;
}

const seen = await everything();
const ids = [...Object.keys(FINDINGS), ...UNKNOWNS];
const page = readText('docs/doctor.md');

describe('the results of doctor', () => {
  it('read as in their golden, which `npm run generate` rewrites', async () => {
    const shown = new Set<string>();
    const text = [...seen].map(([name, all]) => {
      // Of what is well each kind once; where to read more is tested by itself.
      const findings = all.filter(({ id, level }) => level !== 'ok' || !shown.has(id));
      for (const { id } of findings) shown.add(id);
      const told = {
        version: 1,
        context: 'production',
        server: 'https://203.0.113.10:6443',
        findings,
        nodes: [],
      } as const;
      const lines = reportText(told, SINK)
        .split('\n')
        .slice(2)
        .filter((line) => !line.trimStart().startsWith('more: '));
      const ids = [...new Set(findings.map(({ id }) => id))];
      return `# ${name}: ${ids.join(' ')}\n\n${lines.join('\n')}`;
    });
    await expect(text.join('\n')).toMatchFileSnapshot('goldens/doctor.txt');
  });

  it('are all there, each with its level and check', () => {
    const met = new Set([...seen.values()].flat().map(({ id }) => id));
    expect(ids.filter((id) => !met.has(id as CheckResult['id']))).toEqual([]);
  });

  it('lead to their paragraph unless all is well', () => {
    for (const { id, level, docs } of [...seen.values()].flat()) {
      expect(docs, id).toEqual(
        level === 'ok' ? undefined : expect.stringMatching(new RegExp(`/docs/doctor\\.md#${id}$`)),
      );
    }
  });
});

describe('docs/doctor.md', () => {
  const [, findings = '', well = ''] = /^## Findings\n([\s\S]*)^## What is well\n([\s\S]*)/m.exec(page) ?? [];

  it('has a paragraph for every id that is not ok, and for no other', () => {
    const wanted = [
      ...UNKNOWNS,
      ...Object.entries(FINDINGS).flatMap(([id, [, level]]) => (level === 'ok' ? [] : [id])),
    ];
    expect(
      headingsOf(findings)
        .map(({ title }) => title)
        .sort(),
    ).toEqual(wanted.sort());
  });

  it('has a row for every id that is ok, and for no other', () => {
    const wanted = Object.entries(FINDINGS).flatMap(([id, [, level]]) => (level === 'ok' ? [id] : []));
    const rows = [...well.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id);
    expect(rows.sort()).toEqual(wanted.sort());
  });

  it('has the rights that the checks ask for, and no other', () => {
    const roles = codeBlocks(page, 'yaml').map((block): { kind: string; rules: Rule[] } => parse(block));
    const flat = (all: readonly Rule[]) =>
      all
        .flatMap(({ apiGroups, resources, verbs }) => verbs.map((verb) => `${verb} ${resources[0]}.${apiGroups[0]}`))
        .sort();
    const { probe, configuration, events, ...reading } = RIGHTS;
    expect(roles.map(({ kind }) => kind)).toEqual(['ClusterRole', 'Role', 'Role']);
    expect(flat(roles[0]?.rules ?? [])).toEqual(flat(Object.values(reading)));
    expect(flat(roles[1]?.rules ?? [])).toEqual(flat([probe]));
    expect(flat(roles[2]?.rules ?? [])).toEqual(flat([configuration, events]));
  });

  it('shows JSON of the shape that is printed', () => {
    const [block = ''] = codeBlocks(page, 'json');
    const shown = JSON.parse(block);
    const [first] = (seen.get('pods that were missed') ?? []).filter(({ id }) => id === 'pods-missed');
    expect(Object.keys(shown)).toEqual(['version', 'context', 'server', 'findings', 'nodes']);
    expect(Object.keys(shown.findings[0])).toEqual(Object.keys(first ?? {}));
  });
});
