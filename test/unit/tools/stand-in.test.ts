// The stand-in for the API server: what it believes of a webhook, and the demo that runs on it.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Authority, createAuthority } from '../../../tools/control-plane/certificate.ts';
import { type DemoOptions, demo } from '../../../tools/demo/demo.ts';
import { standInStage } from '../../../tools/demo/stand-in-stage.ts';
import { playExample } from '../../../tools/demo/story.ts';
import { startSupervisor } from '../../../tools/process/supervisor.ts';
import { Refused } from '../../../tools/stand-in/admission.ts';
import { evaluateConditions } from '../../../tools/stand-in/match-conditions.ts';
import { createStandIn } from '../../../tools/stand-in/stand-in.ts';
import {
  readWebhookConfiguration,
  type WebhookConfiguration,
  type WebhookEntry,
} from '../../../tools/webhook/configuration.ts';
import { startWebhookServer } from '../../../tools/webhook/server.ts';
import { elasticsearchPod, nginxPod } from '../../support/reviews.ts';

const DEMO = fileURLToPath(new URL('../../../tools/demo/main.ts', import.meta.url));
const FAIL = { failurePolicy: 'Fail' };
const IGNORE = { failurePolicy: 'Ignore' };
const NAMESPACES = new Map([
  ['default', {}],
  ['opted-out', { 'max-map-count.io/inject': 'disabled' }],
  ['restricted', { 'pod-security.kubernetes.io/enforce': 'restricted' }],
  ['kube-system', {}],
]);

describe('npm run demo, on a machine without a control plane', () => {
  const home = mkdtempSync(join(tmpdir(), 'demo-'));
  afterAll(() => rmSync(home, { recursive: true }));
  const env = { HOME: home, XDG_CACHE_HOME: '', XDG_DATA_HOME: '', KUBEBUILDER_ASSETS: '', PATH: '', NO_COLOR: '1' };

  it('says in its first lines what it is, and shows the same story', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [DEMO], { env });
    const lines = stdout.split('\n');
    expect(lines[0]).toContain('this program plays the part of the API server');
    expect(lines[1]).toContain('`npm run control-plane` gets a real one');
    expect(stdout).toMatch(/^ {3}the webhook +changed it +left it alone$/m);
    expect(stdout).toMatch(/^ {3}\+ {6}name: max-map-count$/m);
    expect(stdout).toContain('Warning: max-map-count: added the privileged init container');
    expect(stdout).toContain('As it should be: elk patched, nginx left alone.');
    expect(stdout).toContain('Clean-up: every process is stopped and the temporary directory is gone');
    expect(stderr).toBe('');
  });

  it.each<DemoOptions>([
    { keep: true, preparedNodes: false, engine: 'webhook' },
    { keep: false, preparedNodes: true, engine: 'webhook' },
    { keep: false, preparedNodes: false, engine: 'admissionPolicy' },
  ])('says what is missing for what only a control plane can do: %j', async (options) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    await expect(demo(options)).rejects.toThrow(
      /^Missing: etcd, .* `npm run control-plane` gets what is missing, once\.$/,
    );
    vi.unstubAllEnvs();
  });
});

describe('the stand-in, with the built server', () => {
  it('finds it wrong when the webhook only watches', async () => {
    const supervisor = await startSupervisor();
    const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      const { url, authority } = await startWebhookServer(supervisor, { mode: 'observe' });
      const configuration = await readWebhookConfiguration({ url, authority: authority.certificate });
      const problems = await playExample(standInStage(configuration));
      expect(problems).toContainEqual(
        expect.stringMatching(/^pod elk-deployment.*: its first init container is not there/),
      );
    } finally {
      stdout.mockRestore();
      await supervisor.stop();
    }
  });
});

describe('the stand-in, with a webhook that misbehaves', () => {
  let authority: Authority;
  let stranger: Authority;
  let configuration: WebhookConfiguration;
  let respond: (request: { uid: string }) => unknown;
  let calls = 0;
  let close: () => void;
  beforeAll(async () => {
    [authority, stranger] = [await createAuthority('one'), await createAuthority('another')];
    const { certificate: cert, key } = await authority.issue();
    const server = createServer({ cert, key }, (message, response) => {
      calls += 1;
      void text(message).then((body) => response.end(JSON.stringify(respond(JSON.parse(body).request))));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    configuration = await readWebhookConfiguration({ url, authority: authority.certificate });
    close = () => server.close();
  });
  afterAll(() => close());

  const answer = (response: object) => ({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
  const patch = (...operations: object[]) => {
    return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') };
  };
  /** The stand-in with the chart's configuration, changed in every entry. */
  const standIn = (change: Partial<WebhookEntry>, from = authority) => {
    const caBundle = Buffer.from(from.certificate).toString('base64');
    const webhooks = configuration.webhooks.map((entry) => {
      return { ...entry, ...change, clientConfig: { ...entry.clientConfig, caBundle } };
    });
    return createStandIn({ ...configuration, webhooks }, NAMESPACES);
  };
  const label = { op: 'add', path: '/metadata/labels', value: { patched: 'yes' } };

  it('applies the patch of a good answer, with its warnings', async () => {
    respond = ({ uid }) => answer({ uid, allowed: true, warnings: ['said'], ...patch(label) });
    const { pod, warnings } = await standIn(FAIL).createPod('default', elasticsearchPod);
    expect([pod.metadata, warnings]).toEqual([expect.objectContaining({ labels: { patched: 'yes' } }), ['said']]);
  });

  it.each([
    [
      'the uid of another review',
      () => answer({ uid: 'other', allowed: true, ...patch(label) }),
      /expected response\.uid=/,
    ],
    ['no response', () => ({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }), /has no response/],
    [
      'an older version',
      ({ uid }: { uid: string }) => ({ ...answer({ uid, allowed: true }), apiVersion: 'admission.k8s.io/v1beta1' }),
      /expected an AdmissionReview of admission\.k8s\.io\/v1/,
    ],
    [
      'a patch without its type',
      ({ uid }: { uid: string }) => answer({ uid, allowed: true, patch: 'W10=' }),
      /do not belong together/,
    ],
  ])('does not believe an answer with %s', async (_what, bad, message) => {
    respond = bad;
    await expect(standIn(FAIL).createPod('default', elasticsearchPod)).rejects.toThrow(message);
    const { pod, calls: called } = await standIn(IGNORE).createPod('default', elasticsearchPod);
    expect([pod.metadata, called.length]).toEqual([elasticsearchPod.metadata, 1]);
  });

  it('does not talk to a server whose certificate another authority signed', async () => {
    calls = 0;
    await expect(standIn(FAIL, stranger).createPod('default', elasticsearchPod)).rejects.toThrow(Refused);
    expect(calls).toBe(0);
  });

  it('refuses the pod when a patch does not apply, under Ignore, too', async () => {
    respond = ({ uid }) => answer({ uid, allowed: true, ...patch({ op: 'remove', path: '/spec/none' }) });
    await expect(standIn(IGNORE).createPod('default', elasticsearchPod)).rejects.toThrow(Refused);
  });

  it('refuses the pod when the webhook does', async () => {
    respond = ({ uid }) => answer({ uid, allowed: false, status: { message: 'no way' } });
    const creation = standIn(IGNORE).createPod('default', elasticsearchPod);
    await expect(creation).rejects.toThrow(/denied the request: no way$/);
  });

  it.each([
    ['default', elasticsearchPod, 1],
    ['restricted', elasticsearchPod, 1],
    ['default', nginxPod, 0],
    ['opted-out', elasticsearchPod, 0],
    ['kube-system', elasticsearchPod, 0],
    [
      'default',
      { ...elasticsearchPod, metadata: { name: 'a', annotations: { 'kubernetes.io/config.mirror': 'x' } } },
      0,
    ],
  ])('calls in namespace %s as often as selectors and match conditions say', async (namespace, pod, times) => {
    respond = ({ uid }) => answer({ uid, allowed: true });
    calls = 0;
    await standIn(FAIL).createPod(namespace, pod);
    expect(calls).toBe(times);
  });

  it('asks once more with IfNeeded when somebody else changed the pod, and not otherwise', async () => {
    const container = { name: 'added', image: 'busybox' };
    respond = ({ uid }) =>
      answer({ uid, allowed: true, ...patch({ op: 'add', path: '/spec/containers/-', value: container }) });
    const called = async (reinvocationPolicy: string) => {
      return (await standIn({ reinvocationPolicy }).createPod('default', elasticsearchPod)).calls.length;
    };
    // The defaults of the new container are such a change.
    expect([await called('Never'), await called('IfNeeded')]).toEqual([1, 2]);
  });
});

describe('match conditions', () => {
  const object = { spec: { containers: [{ name: 'a', ports: [{ containerPort: 9200 }] }] } };
  it.each([
    [[], true],
    [['object.spec.containers.exists(c, c.name == "a")'], true],
    [['object.spec.containers.exists(c, c.ports[0].containerPort == 9200)'], true],
    [['has(object.metadata)'], false],
    [['oldObject == null', 'request.operation == "CREATE"'], true],
    [['object.metadata.name == "a"', 'false'], false],
    [['object.metadata.name == "a"', 'true'], expect.stringMatching(/^0: .*metadata/s)],
    [['object.?metadata.?name.orValue("") == ""'], true],
  ])('%j: %s', (expressions, expected) => {
    const conditions = expressions.map((expression, index) => ({ name: String(index), expression }));
    const request = { operation: 'CREATE', object, oldObject: null };
    expect(evaluateConditions(conditions, request)).toEqual(expected);
  });
});
