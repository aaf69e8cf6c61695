// Every result that `doctor` can have, with its text; and the page that explains them.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { attempt } from '../../../src/cli/doctor/attempt.ts';
import { checkCertificate } from '../../../src/cli/doctor/check-certificate.ts';
import { type CheckResult, result } from '../../../src/cli/doctor/check-result.ts';
import { diagnose, diagnoseWebhook } from '../../../src/cli/doctor/diagnosis.ts';
import { FINDINGS, UNKNOWNS } from '../../../src/cli/doctor/findings.ts';
import { reportText } from '../../../src/cli/doctor/report.ts';
import { RIGHTS, type Rule } from '../../../src/cli/doctor/rights.ts';
import { survey, surveyWebhook, type WebhookSurvey } from '../../../src/cli/doctor/survey.ts';
import { builtInWorkloads } from '../../../src/core/catalogue.ts';
import { matchConditionsFor } from '../../../src/core/match-conditions.ts';
import { createAuthority } from '../../../tools/control-plane/certificate.ts';
import { settingsOf } from '../../support/cases.ts';
import { codeBlocks, headingsOf, readText } from '../../support/markdown.ts';
import { type World, worldKube } from './doctor-world.ts';

const NOW = new Date();
const settings = settingsOf('');
const authority = await createAuthority('doctor findings');
const caBundle = Buffer.from(authority.certificate).toString('base64');
const SINK = { write: () => {}, colour: false };

const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }];
const service = (name: string, path?: string) => ({ namespace: 'max-map-count', name, ...(path && { path }) });
const entry = (more: object = {}, strategy = 'init-container') => ({
  name: 'privileged.max-map-count.io',
  clientConfig: { service: service('webhook', `/mutate/${strategy}`), caBundle },
  failurePolicy: 'Ignore',
  timeoutSeconds: 3,
  rules,
  ...more,
});
const conditionsFor = (config: string) => matchConditionsFor(settingsOf(config).catalogue.rows).conditions;
const configuration = (webhooks: readonly object[], name = 'zz-max-map-count-webhook') => ({
  metadata: { name, labels: { 'app.kubernetes.io/name': 'max-map-count-webhook' } },
  webhooks,
});
const foreign = (name: string, more: object = {}) => ({
  metadata: { name },
  webhooks: [
    {
      name: `${name}.example.com`,
      clientConfig: { service: { namespace: 'others', name } },
      failurePolicy: 'Fail',
      rules,
      ...more,
    },
  ],
});

const patched = { body: { spec: { initContainers: [{ name: 'max-map-count' }] } } };
const refused = (message: string, status = 403) => ({ status, body: { message } });
const PSA = (level: string) =>
  refused(
    `pods "max-map-count-doctor-x" is forbidden: violates PodSecurity "${level}:latest": privileged (container "max-map-count" must not set securityContext.privileged=true)`,
  );

const ownPod = (more: { spec?: object; status?: object } = {}) => ({
  metadata: {
    name: 'max-map-count-webhook-7d9f-abcde',
    namespace: 'max-map-count',
    labels: { 'app.kubernetes.io/name': 'max-map-count-webhook' },
  },
  spec: { containers: [{ name: 'webhook', image: 'webhook:1' }], ...more.spec },
  status: { containerStatuses: [{ name: 'webhook', ready: true, state: { running: {} } }], ...more.status },
});

const rendered = (config: string) => ({
  metadata: {
    name: 'max-map-count-webhook',
    namespace: 'max-map-count',
    labels: { 'app.kubernetes.io/name': 'max-map-count-webhook' },
  },
  data: { 'config.yaml': config },
});

const HEALTHY: World = {
  configurations: [configuration([entry()])],
  endpoints: { 'max-map-count/webhook': 2 },
  nodes: [{ metadata: { name: 'worker-1', labels: { 'max-map-count.io/value': '262144' } } }],
  pods: [ownPod()],
  configmaps: [rendered('level: required\n')],
  probe: patched,
};

const pod = (name: string, spec: object, status: object = {}, metadata: object = {}) => ({
  metadata: { name, namespace: 'search', ...metadata },
  spec: { nodeName: 'worker-1', ...spec },
  status: { phase: 'Running', ...status },
});
const owned = (kind: string, name: string) => ({ ownerReferences: [{ kind, name, controller: true }] });
const elasticsearch = (more: object = {}) => ({ containers: [{ name: 'es', image: 'elasticsearch:8.15.0' }], ...more });
const crashed = (name: string, message: string, exitCode = 78) => ({
  containerStatuses: [
    {
      name,
      ready: false,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode, message } },
    },
  ],
});
const initStatus = (name: string, image: string, state: object) => ({
  phase: 'Pending',
  initContainerStatuses: [{ name, image, ready: false, state }],
});
const noImage = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } };
const LINE = 'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]';
const prepared = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'max-map-count.io/value', operator: 'Gt', values: ['1999999'] }] },
        ],
      },
    },
  },
};
const stuck = {
  phase: 'Pending',
  conditions: [
    {
      ...{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
      message: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    },
  ],
};

/** A cluster each, by what is wrong with it. */
const WORLDS: Readonly<Record<string, World>> = {
  'all is well': HEALTHY,
  'not installed': {
    probe: { body: {} },
    pods: [pod('es-0', elasticsearch(), crashed('es', LINE), owned('StatefulSet', 'es'))],
  },
  'a policy in the place of the webhook': {
    policies: [
      { metadata: { name: 'max-map-count-webhook', labels: { 'app.kubernetes.io/name': 'max-map-count-webhook' } } },
    ],
    probe: patched,
  },
  'a configuration that leaves a product out': {
    ...HEALTHY,
    pods: [ownPod(), pod('es-0', elasticsearch())],
    configmaps: [rendered('disabledWorkloads: [elasticsearch]\n')],
  },
  'a configuration of another version': { ...HEALTHY, configmaps: [rendered('tomorrow: true\n')] },
  'a prefilter for fewer rows': {
    ...HEALTHY,
    configurations: [configuration([entry({ matchConditions: conditionsFor('disabledWorkloads: [sonarqube]') })])],
  },
  'a prefilter of another version, and a condition of the administrator’s': {
    ...HEALTHY,
    configurations: [
      configuration([
        entry({
          matchConditions: [
            ...conditionsFor('').map(({ name }) => ({ name, expression: 'true' })),
            { name: 'not-mine', expression: 'object.metadata.name != "mine"' },
          ],
        }),
      ]),
    ],
  },
  'installed twice': { ...HEALTHY, configurations: [configuration([entry()]), configuration([entry()], 'zz-second')] },
  'without entries': { ...HEALTHY, configurations: [configuration([])], probe: { body: {} } },
  'rules edited away': { ...HEALTHY, configurations: [configuration([entry({ rules: [] })])], probe: { body: {} } },
  'a sidecar of a mesh': {
    ...HEALTHY,
    pods: [ownPod({ spec: { containers: [{ name: 'webhook' }, { name: 'istio-proxy' }] } })],
    probe: { body: {} },
  },
  'the webhook is down': {
    ...HEALTHY,
    endpoints: {},
    pods: [ownPod({ status: { containerStatuses: [{ name: 'webhook', ready: false, state: noImage }] } })],
    probe: { body: {} },
  },
  'no pod of the webhook': { ...HEALTHY, pods: [], endpoints: {}, probe: { body: {} } },
  'a namespace that is left alone': {
    ...HEALTHY,
    probe: { body: {}, warnings: ['max-map-count: observe only'] },
  },
  'a namespace that is left out': {
    ...HEALTHY,
    configurations: [configuration([entry({ namespaceSelector: { matchLabels: { team: 'other' } } })])],
    probe: { body: {} },
  },
  'pods cannot be created': {
    ...HEALTHY,
    probe: refused('Internal error: failed calling webhook "privileged.max-map-count.io": EOF', 500),
  },
  'a quota': { ...HEALTHY, probe: refused('exceeded quota: pods, requested: pods=1') },
  'a namespace with a level': {
    ...HEALTHY,
    namespaces: { search: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
    probe: PSA('baseline'),
  },
  'a namespace with a level, while the webhook does not answer': {
    ...HEALTHY,
    namespaces: { search: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    probe: { body: {} },
  },
  'an API server with a level of its own': {
    ...HEALTHY,
    namespaces: { search: { 'pod-security.kubernetes.io/enforce': 'privileged' }, apps: {} },
    probe: (namespace) => (namespace === 'apps' ? PSA('restricted') : patched),
  },
  'many webhooks': {
    ...HEALTHY,
    configurations: [
      configuration([entry()]),
      ...['a', 'b', 'c'].map((name) => foreign(name)),
      foreign('slow', { timeoutSeconds: 30, failurePolicy: 'Ignore' }),
      foreign('elsewhere', { namespaceSelector: { matchLabels: { team: 'other' } } }),
      foreign('chosen', { objectSelector: { matchLabels: { inject: 'true' } } }),
    ],
    endpoints: { ...HEALTHY.endpoints, 'others/a': 1, 'others/b': 1 },
  },
  'pods that were missed': {
    ...HEALTHY,
    pods: [
      ownPod(),
      ...['es-0', 'es-1', 'es-2', 'es-3'].map((name) => pod(name, elasticsearch(), {}, owned('StatefulSet', 'es'))),
      pod('alone', elasticsearch()),
      pod('odd', elasticsearch(), {}, owned('ReplicaSet', "x'; reboot")),
    ],
  },
  crashes: {
    ...HEALTHY,
    pods: [
      ownPod(),
      pod('es-0', elasticsearch(), crashed('es', LINE), owned('StatefulSet', 'es')),
      pod('es-1', elasticsearch(), crashed('es', LINE), owned('StatefulSet', 'es')),
      pod(
        'own',
        { containers: [{ name: 'app', image: 'registry.example.com/app' }] },
        crashed('app', ''),
        owned('Database', 'own'),
      ),
      pod(
        'team',
        { containers: [{ name: 'app', image: 'registry.example.com/app' }] },
        crashed('app', LINE),
        owned('StatefulSet', 'team'),
      ),
      pod('naked', { containers: [{ name: 'app', image: 'registry.example.com/app' }] }, crashed('app', LINE)),
      pod(
        'single',
        elasticsearch({
          containers: [
            { name: 'es', image: 'elasticsearch:8.15.0', env: [{ name: 'discovery.type', value: 'single-node' }] },
          ],
        }),
        crashed('es', LINE),
      ),
      pod(
        'refused',
        elasticsearch(),
        initStatus('max-map-count', 'busybox', {
          terminated: {
            exitCode: 1,
            message: 'max-map-count: vm.max_map_count is still 65530, 262144 is needed: the node refused the write\n',
          },
        }),
      ),
      pod('unread', { containers: [{ name: 'app', image: 'registry.example.com/other' }] }, crashed('app', '')),
    ],
    logs: { 'own/app': `x\n${LINE}\n` },
  },
  'init containers of ours that fail': {
    ...HEALTHY,
    pods: [
      ownPod(),
      pod(
        'killed',
        elasticsearch(),
        initStatus('max-map-count', 'busybox', { terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      ),
      pod(
        'shell',
        elasticsearch(),
        initStatus('max-map-count', 'busybox', {
          terminated: { exitCode: 127, reason: 'Error', message: 'sh: not found' },
        }),
      ),
      pod(
        'start',
        elasticsearch(),
        initStatus('max-map-count', 'busybox', {
          waiting: { reason: 'CreateContainerError', message: 'privileged is not allowed' },
        }),
      ),
    ],
  },
  'images that cannot be had': {
    ...HEALTHY,
    pods: [
      ownPod(),
      pod(
        'es-0',
        elasticsearch({ initContainers: [{ name: 'max-map-count' }] }),
        initStatus('max-map-count', 'busybox:1.37', noImage),
        owned('StatefulSet', 'es'),
      ),
      pod(
        'old-0',
        elasticsearch({
          initContainers: [
            {
              name: 'sysctl',
              image: 'docker.io/bitnami/os-shell:11',
              command: ['sysctl', '-w', 'vm.max_map_count=262144'],
              securityContext: { privileged: true, runAsUser: 0 },
            },
          ],
        }),
        initStatus('sysctl', 'docker.io/bitnami/os-shell:11', noImage),
        owned('StatefulSet', 'old'),
      ),
    ],
  },
  'no prepared node': {
    ...HEALTHY,
    pods: [
      ownPod(),
      pod(
        'be-0',
        { ...prepared, nodeName: undefined, containers: [{ name: 'be', image: 'apache/doris:be-3.0.3' }] },
        stuck,
        owned('StatefulSet', 'be'),
      ),
    ],
  },
  'a label that is no number': {
    ...HEALTHY,
    nodes: [{ metadata: { name: 'worker-1', labels: { 'max-map-count.io/value': 'high' } } }],
  },
  'a node below what the configuration promises': {
    ...HEALTHY,
    configmaps: [rendered('nodes: {guaranteed: 524288}\n')],
  },
  'nothing may be read': { ...HEALTHY, forbidden: /./ },
  'nothing but pods may be read': {
    ...HEALTHY,
    pods: [pod('es-0', elasticsearch(), crashed('es', ''))],
    forbidden: /^(?!GET \/api\/v1\/pods$)/,
  },
  'nothing answers': { ...HEALTHY, broken: /./ },
};

async function resultsIn(world: World, limit = 5000): Promise<CheckResult[]> {
  const kube = worldKube(world);
  const options = { only: undefined, limit, settings, isGiven: false, progress: () => {} };
  return diagnose(await survey(kube, options, await surveyWebhook(kube, options)), NOW);
}

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

describe('each row of the catalogue', () => {
  it.each(builtInWorkloads.flatMap((row) => row.crashLines.map(({ words }) => [row.name, words] as const)))(
    '%s: "%s" is found with its cure',
    async (name, words) => {
      const line = words.replaceAll('*', '65530');
      const known = { containers: [{ name: 'app', image: 'registry.example.com/app' }] };
      const pods = [
        pod('app-0', known, crashed('app', `starting\n${line} 262144\nbye`, 0), owned('StatefulSet', 'app')),
      ];
      const found = (await resultsIn({ ...HEALTHY, pods })).filter(({ id }) => id === 'crash-too-low');
      expect(found).toHaveLength(1);
      expect(found[0]?.message).toContain(line);
      expect(found[0]?.remedy).toMatch(/^kubectl -n search patch statefulset\/app .*"max-map-count\.io\/workload":"/);
      expect(builtInWorkloads.find((row) => found[0]?.remedy?.includes(`:"${row.name}"`))?.crashLines).toContainEqual(
        expect.objectContaining({ words }),
      );
      expect(name).not.toBe('');
    },
  );
});

describe('many pods', () => {
  it('are told by owner, the largest first, and the rest is counted', async () => {
    const pods = Array.from({ length: 60 }, (_, index) => {
      const name = `es${String(index % 30).padStart(2, '0')}`;
      return pod(`${name}-${index}`, elasticsearch(), {}, owned('StatefulSet', name));
    });
    const found = (await resultsIn({ ...HEALTHY, pods })).filter(({ id }) => id === 'pods-missed');
    expect(found).toHaveLength(21);
    expect(found[0]?.message).toBe(
      'StatefulSet search/es00 has 2 pods that were not patched when created (es00-0, es00-30)',
    );
    expect(found[20]?.message).toBe('and 10 more like these, with 20 pods: narrow it with -n NAMESPACE');
  });

  it('of more owners than are kept are counted all the same', async () => {
    const pods = Array.from({ length: 1100 }, (_, index) => pod(`es-${index}`, elasticsearch()));
    const found = (await resultsIn({ ...HEALTHY, pods })).filter(({ id }) => id === 'pods-missed');
    expect(found.at(-1)?.message).toBe(
      'and more than 980 more like these, with 1080 pods: narrow it with -n NAMESPACE',
    );
  });
});

it('many results of one kind are cut, and the rest is counted', async () => {
  const nodes = Array.from({ length: 100 }, (_, index) => ({
    metadata: { name: `worker-${index}`, labels: { 'max-map-count.io/value': 'high' } },
  }));
  const found = (await resultsIn({ ...HEALTHY, nodes })).filter(({ id }) => id === 'nodes-wrong-label');
  expect([found.length, found.at(-1)?.message]).toEqual([22, 'and 79 more like these']);
});

it('says what nodes without a label probably have', async () => {
  const nodes = ['Amazon Linux 2023.9.20251117', 'Amazon Linux 2023.9.20251117', 'Flatcar'].map((osImage, index) => ({
    metadata: { name: `worker-${index}` },
    status: { nodeInfo: { osImage, kubeletVersion: 'v1.34.1-eks-113cf36' } },
  }));
  const found = (await resultsIn({ ...HEALTHY, nodes })).find(({ id }) => id === 'nodes-labelled');
  expect(found?.message).toMatch(
    /^the value of 0 of 3 nodes is known .*; 2 without it: likely 524288 \(Amazon Linux 2023/,
  );
});

it('asks for the probe once where the namespace of the probe has no level', async () => {
  const kube = worldKube(HEALTHY);
  diagnoseWebhook(await surveyWebhook(kube, { only: undefined, settings, isGiven: true }), NOW);
  expect(kube.asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
});

it('an error that is none of the cluster’s is told as what could not be done', async () => {
  const failed = await attempt('list pods', RIGHTS.pods, async () => {
    throw new Error('socket hang up');
  });
  expect(failed).toEqual({ ok: false, problem: 'cannot list pods: socket hang up' });
});
