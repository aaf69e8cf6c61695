// What `--bundle` writes, and what it never does.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTarGzip } from 'nanotar';
import { afterAll, describe, expect, it } from 'vitest';
import { writeBundle } from '../../../src/cli/doctor/bundle/bundle.ts';
import { scrub } from '../../../src/cli/doctor/bundle/redact.ts';
import { type Diagnosis, diagnose } from '../../../src/cli/doctor/diagnosis.ts';
import { survey, surveyWebhook } from '../../../src/cli/doctor/survey.ts';
import { createAuthority } from '../../../tools/control-plane/certificate.ts';
import { settingsOf } from '../../support/cases.ts';
import { type World, worldKube } from './doctor-world.ts';

const directory = mkdtempSync(join(tmpdir(), 'doctor-bundle-'));
afterAll(() => rmSync(directory, { recursive: true }));
const authority = await createAuthority('bundle');
const { key } = await authority.issue({});

const PLANTED = 'PLANTED';
const labels = { 'app.kubernetes.io/name': 'max-map-count-webhook' };
const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }];
const name = 'max-map-count-webhook-7d9f-abcde';
const log = [
  JSON.stringify({
    level: 'info',
    time: '2026-01-01T00:00:00Z',
    namespace: 'search',
    name: 'es-0',
    reason: 'injected',
    secret: PLANTED,
    msg: 'patched pod',
  }),
  `plain text with ${PLANTED}`,
  JSON.stringify({ level: 'info', msg: `started with ${PLANTED}` }),
];
const WORLD: World = {
  configurations: [
    {
      metadata: {
        name: 'zz-max-map-count-webhook',
        labels,
        annotations: { last: PLANTED },
        managedFields: [{ manager: PLANTED }],
      },
      webhooks: [
        {
          name: 'privileged.max-map-count.io',
          clientConfig: {
            service: { namespace: 'max-map-count', name: 'webhook', path: '/mutate/init-container' },
            // Somebody has put the key beside the certificate.
            caBundle: Buffer.from(`${authority.certificate}\n${key}`).toString('base64'),
          },
          rules,
        },
      ],
    },
  ],
  nodes: ['worker-1', 'worker-2'].map((node) => ({
    metadata: { name: node, annotations: { note: PLANTED } },
    status: { nodeInfo: { kubeletVersion: 'v1.37.2', osImage: 'Debian', machineID: PLANTED } },
  })),
  pods: [
    {
      metadata: { name, namespace: 'max-map-count', labels, annotations: { note: PLANTED } },
      spec: {
        containers: [
          { name: 'webhook', image: 'webhook:1', args: [PLANTED], env: [{ name: 'TOKEN', value: PLANTED }] },
          { name: 'proxy', image: 'proxy:1', command: [PLANTED], env: [{ name: 'TOKEN', value: PLANTED }] },
        ],
      },
      status: {
        phase: 'Running',
        containerStatuses: [
          { name: 'webhook', ready: true, state: { running: {} } },
          { name: 'proxy', ready: false, lastState: { terminated: { message: PLANTED } } },
        ],
      },
    },
  ],
  configmaps: [
    {
      metadata: { name: 'max-map-count-webhook', namespace: 'max-map-count', labels },
      data: { 'config.yaml': `level: required\n# ${key}\n`, other: PLANTED },
    },
  ],
  events: [
    {
      metadata: { namespace: 'max-map-count' },
      involvedObject: { kind: 'Pod', name },
      reason: 'BackOff',
      message: 'Back-off restarting',
      note: PLANTED,
    },
    {
      metadata: { namespace: 'max-map-count' },
      involvedObject: { kind: 'ReplicaSet', name: 'max-map-count-webhook-7d9f' },
      reason: 'Created',
    },
    { metadata: { namespace: 'max-map-count' }, involvedObject: { kind: 'Pod', name: 'other' }, message: PLANTED },
  ],
  logs: { [`${name}/webhook`]: log.join('\n') },
};

async function bundleOf(world: World, file: string) {
  const kube = worldKube(world);
  const options = { only: undefined, limit: 100, settings: settingsOf(''), isGiven: false, progress: () => {} };
  const facts = await survey(kube, options, await surveyWebhook(kube, options));
  const { context, server } = kube;
  const diagnosis: Diagnosis = { version: 1, context, server, findings: diagnose(facts, new Date()), nodes: [] };
  const printed = await writeBundle(file, kube, facts, diagnosis, '1.2.3');
  const entries = await parseTarGzip(readFileSync(file));
  return {
    printed,
    kube,
    files: new Map(entries.map((entry) => [entry.name.replace('max-map-count-doctor/', ''), entry.text])),
  };
}

describe('the bundle', async () => {
  const file = join(directory, 'doctor.tgz');
  const { printed, kube, files } = await bundleOf(WORLD, file);
  const jsonOf = (entry: string) => JSON.parse(files.get(entry) ?? 'null');

  it('holds what its list of contents says, which is printed', () => {
    expect([...files.keys()]).toEqual([
      'contents.txt',
      ...['doctor.txt', 'doctor.json', 'versions.json', 'registration.json', 'callers.json'],
      ...['configuration.json', 'pods.json', 'events.json', 'decisions.jsonl'],
    ]);
    expect(printed).toBe(`wrote ${file} (${Math.ceil(statSync(file).size / 1024)} KiB)\n${files.get('contents.txt')}`);
    for (const entry of files.keys()) if (entry !== 'contents.txt') expect(printed).toContain(`  ${entry} `);
  });

  it('tells what a maintainer asks for', () => {
    expect(jsonOf('doctor.json').findings.length).toBeGreaterThan(5);
    expect(jsonOf('versions.json')).toMatchObject({
      plugin: '1.2.3',
      webhook: ['webhook:1', 'proxy:1'],
      nodes: [{ count: 2, osImage: 'Debian', kubeletVersion: 'v1.37.2' }],
    });
    const [{ webhooks }] = jsonOf('registration.json');
    expect(webhooks[0].clientConfig).toMatchObject({
      service: { name: 'webhook' },
      caBundle: [{ subject: 'CN=bundle' }],
    });
    expect(jsonOf('callers.json')).toMatchObject([{ name: 'privileged.max-map-count.io', timeoutSeconds: 10 }]);
    expect(jsonOf('configuration.json')).toMatchObject([
      { name: 'max-map-count-webhook', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(jsonOf('events.json').map(({ reason }: { reason: string }) => reason)).toEqual(['BackOff', 'Created']);
    expect(jsonOf('pods.json')).toMatchObject([
      { metadata: { name }, status: { containerStatuses: [{ ready: true }, { ready: false }] } },
    ]);
    expect(files.get('decisions.jsonl')).toBe(
      '{"time":"2026-01-01T00:00:00Z","level":"info","msg":"patched pod","namespace":"search","name":"es-0","reason":"injected"}\n',
    );
  });

  it('holds no Secret, no key and no value of an environment', () => {
    for (const [entry, content] of files) {
      expect(content, entry).not.toContain(PLANTED);
      expect(content, entry).not.toContain('PRIVATE KEY');
      expect(content, entry).not.toContain(key.split('\n')[1]);
    }
    expect(kube.asked.filter(({ path }) => path.includes('secrets'))).toEqual([]);
  });

  it('is nobody else’s to read, and replaces nothing', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect(bundleOf(WORLD, file)).rejects.toThrow(`${file} is there already`);
    const nowhere = join(directory, 'nowhere', 'doctor.tgz');
    await expect(bundleOf(WORLD, nowhere)).rejects.toThrow(nowhere);
  });

  it('says what it could not read', async () => {
    const forbidden = /configmaps|events|\/log$/;
    const poor = await bundleOf({ ...WORLD, forbidden }, join(directory, 'poor.tgz'));
    expect(poor.printed).toMatch(
      /configuration\.json +not there: you are not allowed to list configmaps in namespace max-map-count \(403\)/,
    );
    expect(poor.printed).toMatch(/events\.json +not there: /);
    expect(poor.printed).toMatch(/decisions\.jsonl +not there: you are not allowed to get the log of pod /);
    expect(poor.files.has('events.json')).toBe(false);
    const nothing = await bundleOf({ ...WORLD, forbidden: /./ }, join(directory, 'nothing.tgz'));
    expect([...nothing.files.keys()]).toEqual(expect.arrayContaining(['contents.txt', 'doctor.txt', 'versions.json']));
  });
});

describe('the second net', () => {
  it.each([
    ['a key', `x\n${key.trim()}\ny`, 'x\n[private key removed]\ny'],
    ['a key that was cut off', key.slice(0, 100), '[private key removed]'],
    ['a token', 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl', 'Bearer [token removed]'],
    [
      'a password in a URL',
      'proxy http://me:secret@proxy.example.com:8080',
      'proxy http://[credentials removed]@proxy.example.com:8080',
    ],
    ['nothing', 'https://203.0.113.10:6443 admin@example.com', 'https://203.0.113.10:6443 admin@example.com'],
  ])('takes out %s', (_, content, wanted) => {
    expect(scrub(content).trim()).toBe(wanted);
  });
});
