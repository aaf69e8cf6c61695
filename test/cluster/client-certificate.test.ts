// auth.mode clientCertificate on the real API server, which gets its certificates as docs/authentication.md says: an
// AdmissionConfiguration with a kubeconfig that has one user per webhook. A control plane of its own, since both are flags.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { createAuthority, type KeyPair } from '../../tools/control-plane/certificate.ts';
import { type ControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { type Supervisor, startSupervisor } from '../../tools/process/supervisor.ts';
import { renderWebhookConfiguration } from '../../tools/webhook/configuration.ts';
import { startWebhookServer, type WebhookServer } from '../../tools/webhook/server.ts';
import { apiClient } from '../support/api-client.ts';
import { cluster } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';
import { codeBlocks, readText } from '../support/markdown.ts';
import { outcomeOf } from '../support/steady-creates.ts';

const SECONDS = 20;
const NAME = 'kube-apiserver-admission';
const { available, binaries } = cluster();
const clients = await createAuthority('callers of webhooks');
const strangers = await createAuthority('strangers');

/** One server, one address of it per caller: the API server chooses its certificate by the address that it calls. */
const CALLERS: readonly { name: string; host: string; pair?: () => Promise<KeyPair> }[] = [
  { name: 'listed', host: '127.0.0.1', pair: () => clients.issue({ usage: 'clientAuth', commonName: NAME }) },
  { name: 'unlisted', host: '127.0.0.2', pair: () => clients.issue({ usage: 'clientAuth', commonName: 'someone' }) },
  { name: 'foreign', host: '127.0.0.3', pair: () => strangers.issue({ usage: 'clientAuth', commonName: NAME }) },
  { name: 'anonymous', host: '127.0.0.4' },
];

describe.skipIf(!available)('an API server with a client certificate per webhook', () => {
  let supervisor: Supervisor;
  let server: WebhookServer;
  let controlPlane: ControlPlane;
  let caFile: string;
  const hosts = CALLERS.map(({ host }) => host);

  beforeAll(async () => {
    supervisor = await startSupervisor();
    const directory = await mkdtemp(join(supervisor.directory, 'callers-'));
    const file = async (name: string, content: string) => {
      await writeFile(join(directory, name), content);
      return join(directory, name);
    };
    const serving = await createAuthority('webhook');
    const { certificate, key } = await serving.issue({ addresses: hosts });
    const tls = { certFile: await file('tls.crt', certificate), keyFile: await file('tls.key', key) };
    caFile = await file('clients.crt', clients.certificate);
    const auth = { mode: 'clientCertificate', caFile, names: [NAME] };
    server = { ...(await startWebhookServer(supervisor, { tls, auth })), authority: serving };

    const users: object[] = [];
    for (const { name, host, pair } of CALLERS) {
      if (pair === undefined) continue;
      const { certificate: cert, key: callerKey } = await pair();
      const user = {
        'client-certificate': await file(`${name}.crt`, cert),
        'client-key': await file(`${name}.key`, callerKey),
      };
      users.push({ name: `${host}:${new URL(server.url).port}`, user });
    }
    const kubeconfig = await file('kubeconfig.yaml', stringify({ apiVersion: 'v1', kind: 'Config', users }));
    const [documented = ''] = codeBlocks(readText('docs/authentication.md'), 'yaml').filter((block) =>
      block.includes('AdmissionConfiguration'),
    );
    const configuration = documented.replace('/etc/kubernetes/admission/kubeconfig.yaml', kubeconfig);
    expect(configuration).not.toBe(documented);
    const flag = `--admission-control-config-file=${await file('admission.yaml', configuration)}`;
    controlPlane = await startControlPlane({ binaries, apiServerFlags: [flag] });
    for (const { name, host } of CALLERS) {
      outputOf(await controlPlane.kubectl(['create', 'namespace', name]));
      outputOf(await controlPlane.kubectl(['create', 'namespace', `${name}-fail`]));
      for (const policy of ['Ignore', 'Fail']) await registerFor(name, host, policy);
    }
    const accounts = CALLERS.flatMap(({ name }) => [name, `${name}-fail`]);
    for (const namespace of accounts) {
      const account = async () =>
        outputOf(await controlPlane.kubectl(['get', 'serviceaccount', 'default', '--namespace', namespace]));
      await eventually(`waiting for the ServiceAccount of ${namespace}`, account, { seconds: SECONDS });
    }
    // The API server acts on what it has stored some time later.
    const called = async () => expect(await createIn('listed')).toBe('patched');
    await eventually('waiting until the webhook is called', called, { seconds: SECONDS });
  }, 300_000);
  afterAll(async () => {
    await controlPlane?.stop();
    await supervisor?.stop();
  });

  const registerFor = async (name: string, host: string, policy: string) => {
    const namespace = policy === 'Fail' ? `${name}-fail` : name;
    const url = server.url.replace('127.0.0.1', host);
    const set = [`webhook.failurePolicy=${policy}`, 'namespaces.mode=list', `namespaces.names={${namespace}}`];
    const authority = server.authority.certificate;
    const rendered = await renderWebhookConfiguration({ helm: binaries.helm, url, authority, set, release: namespace });
    outputOf(await controlPlane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(rendered) }));
  };
  const createIn = async (namespace: string) =>
    outcomeOf(await apiClient(controlPlane.kubeconfig).createPod(namespace, elasticsearch('es'), { dryRun: true }));
  const refusedCallers = async () => {
    const text = await (await fetch(`${server.adminUrl}/metrics`)).text();
    return Number(/rejected_total\{cause="client-certificate"\} (\d+)/.exec(text)?.[1] ?? 0);
  };

  it('is answered with the right one, whatever the failurePolicy', async () => {
    expect(await createIn('listed')).toBe('patched');
    expect(await createIn('listed-fail')).toBe('patched');
  });

  it.each([
    // What the API server says of a 403 that is no Status.
    ['unlisted', /failed to call webhook: unknown/],
    ['foreign', /EOF|reset|tls/],
    ['anonymous', /certificate required|EOF|reset/],
  ])('gets nothing when %s: pods are created under Ignore and refused under Fail', async (name, reason) => {
    const before = await refusedCallers();
    expect(await createIn(name)).toBe('created without patch');
    const refusal = await createIn(`${name}-fail`);
    expect(refusal).toMatch(/failed calling webhook/);
    expect(refusal).toMatch(reason);
    expect(await refusedCallers()).toBeGreaterThanOrEqual(before + 2);
  });

  it('is answered once its authority counts, and cut off when it no longer does, without a restart', async () => {
    await writeFile(caFile, strangers.certificate);
    const foreign = async () => expect(await createIn('foreign')).toBe('patched');
    await eventually('waiting until the other authority counts', foreign, { seconds: SECONDS });
    await writeFile(caFile, clients.certificate);
    const refused = async () => expect(await createIn('foreign-fail')).not.toBe('patched');
    await eventually('waiting until it no longer counts', refused, { seconds: SECONDS });
  });
});
