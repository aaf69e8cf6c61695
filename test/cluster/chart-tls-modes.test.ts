// The life of a release with each source of certificates. Nodes, kube-proxy and cert-manager are not there, so the
// tests play them in the open: the Service becomes an ExternalName for this machine, where the built server runs with
// the very certificate of the release's Secret; and what cert-manager would write, the test writes.
import { X509Certificate } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../tools/control-plane/certificate.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import { type Supervisor, startSupervisor } from '../../tools/process/supervisor.ts';
import { startWebhookServer } from '../../tools/webhook/server.ts';
import { apiClient } from '../support/api-client.ts';
import { injectAuthority } from '../support/ca-injector.ts';
import { CERT_MANAGER_CRDS } from '../support/cert-manager-crds.ts';
import { expectNothingLeft, type Release, release } from '../support/chart-release.ts';
import { cluster } from '../support/cluster.ts';
import { codeBlocks, readText } from '../support/markdown.ts';

const SECONDS = 20;
const { available, binaries, kubeconfig, kubectl, apply, get, createNamespace } = cluster();
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const authority = await createAuthority('issuer of the test');
const POD = { metadata: { name: 'es' }, spec: { containers: [{ name: 'es', image: 'elasticsearch:8.19.0' }] } };

interface Secret {
  readonly data: { readonly 'tls.crt': string; readonly 'tls.key': string; readonly 'ca.crt'?: string };
}
interface Configuration {
  readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

describe.skipIf(!available).concurrent('a release, from install to uninstall', () => {
  let supervisor: Supervisor;
  beforeAll(async () => {
    supervisor = await startSupervisor();
    outputOf(await apply(...CERT_MANAGER_CRDS));
    const crds = CERT_MANAGER_CRDS.map(({ metadata }) => `crd/${metadata.name}`);
    outputOf(await kubectl(['wait', '--for=condition=Established', ...crds]));
  });
  const installed: string[] = [];
  afterAll(async () => {
    await supervisor.stop();
    await expectNothingLeft(kubectl, installed);
    outputOf(await kubectl(['delete', ...CERT_MANAGER_CRDS.map(({ metadata }) => `crd/${metadata.name}`)]));
  });

  const file = async (name: string, content: string) => {
    const path = join(await mkdtemp(join(supervisor.directory, 'file-')), name);
    await writeFile(path, content);
    return path;
  };
  const secretOf = (one: Release, name: string) => get('secret', name, '--namespace', one.namespace) as Promise<Secret>;
  const bundlesOf = async (one: Release) =>
    ((await get('mutatingwebhookconfiguration', `zz-${one.fullname}`)) as Configuration).webhooks.map(
      ({ clientConfig }) => Buffer.from(clientConfig.caBundle ?? '', 'base64').toString(),
    );
  const patch = async (args: string[], type: string, change: unknown) =>
    outputOf(await kubectl(['patch', ...args, '--type', type, '--patch', JSON.stringify(change)]));

  /** Plays an issuer: a Secret with a certificate for the release's Service. */
  const issue = async (one: Release, name: string) => {
    const { certificate, key } = await authority.issue({ names: [`${one.fullname}.${one.namespace}.svc`] });
    const data = { 'tls.crt': btoa(certificate), 'tls.key': btoa(key), 'ca.crt': btoa(authority.certificate) };
    const metadata = { name, namespace: one.namespace };
    outputOf(await apply({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata, data }));
  };
  /** Plays node and kube-proxy, and creates a pod: failurePolicy Fail would refuse it if the webhook did not answer. */
  const expectPatchedPod = async (one: Release, secretName: string, target: string) => {
    const { data } = await secretOf(one, secretName);
    const certFile = await file('tls.crt', atob(data['tls.crt']));
    const keyFile = await file('tls.key', atob(data['tls.key']));
    const { url } = await startWebhookServer(supervisor, { tls: { certFile, keyFile } });
    const external = { type: 'ExternalName', externalName: 'localhost', clusterIP: null, clusterIPs: null };
    await patch(['service', one.fullname, '--namespace', one.namespace], 'merge', { spec: external });
    const port = Number(new URL(url).port);
    const ports = [0, 1].map((index) => {
      return { op: 'replace', path: `/webhooks/${index}/clientConfig/service/port`, value: port };
    });
    await patch(['mutatingwebhookconfiguration', `zz-${one.fullname}`], 'json', ports);
    const create = async () => {
      const { status, body } = await apiClient(kubeconfig).createPod(target, POD, { dryRun: true });
      expect(JSON.stringify({ status, body })).toContain('"name":"max-map-count"');
    };
    await eventually('waiting until a pod is patched', create, { seconds: SECONDS });
    expect((await apiClient(kubeconfig).createPod(target, POD)).status).toBe(201);
  };

  const start = async (name: string, mode: string, ...args: string[]) => {
    const target = await createNamespace();
    const one = release({ helm: binaries.helm, kubeconfig }, name, await createNamespace());
    installed.push(name);
    const set = [
      '--set',
      `tls.mode=${mode},webhook.failurePolicy=Fail,namespaces.mode=list,namespaces.names={${target}}`,
    ];
    return { one, target, set: [...set, ...args] };
  };

  it.each<[string, string[]]>([
    ['of its own', []],
    [
      "of the user's",
      ['--set', 'tls.certManager.issuerRef.group=cert-manager.io,tls.certManager.issuerRef.kind=ClusterIssuer'].concat(
        '--set',
        'tls.certManager.issuerRef.name=mine',
      ),
    ],
  ])('with cert-manager and an issuer %s keeps the injected CA over upgrades and a rollback', async (_which, args) => {
    const { one, target, set } = await start(args.length === 0 ? 'issued' : 'issued-elsewhere', 'certManager', ...args);
    await one.install(...set);
    const issuers = outputOf(await kubectl(['get', 'issuer', '--namespace', one.namespace, '--output=name']));
    expect(issuers.trim().split('\n').filter(Boolean)).toHaveLength(args.length === 0 ? 2 : 0);
    await issue(one, `${one.fullname}-tls`);
    await injectAuthority(kubectl, `zz-${one.fullname}`, authority.certificate);
    await one.upgrade(...set, '--set', 'replicas=3');
    await one.upgrade(...set, '--set', 'replicas=4');
    outputOf(await one.helm(['rollback', one.name, '1']));
    expect(await bundlesOf(one)).toEqual([authority.certificate, authority.certificate]);
    await expectPatchedPod(one, `${one.fullname}-tls`, target);
    await one.uninstall();
  });

  it('installs with the lines of the README, as they are written', async () => {
    const one = release({ helm: binaries.helm, kubeconfig }, 'max-map-count-webhook', 'max-map-count');
    installed.push(one.name);
    const env = { KUBECONFIG: kubeconfig, PATH: `${dirname(binaries.helm)}:${process.env.PATH}` };
    const lines = codeBlocks(readText('README.md'), 'sh').filter((block) => block.startsWith('helm install'));
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      outputOf(await run('/bin/sh', ['-c', `cd '${ROOT}' && ${line}`], { env }));
      await one.uninstall();
    }
  });

  it('with a Secret of the user’s works over upgrades and a rollback, and leaves that Secret alone', async () => {
    const ca = await file('ca.crt', authority.certificate);
    const secret = ['--set', 'tls.existingSecret.secretName=mine', '--set-file', `tls.existingSecret.caBundle=${ca}`];
    const { one, target, set } = await start('given', 'existingSecret', ...secret);
    await issue(one, 'mine');
    await one.install(...set);
    await one.upgrade(...set, '--set', 'replicas=3');
    outputOf(await one.helm(['rollback', one.name, '1']));
    await expectPatchedPod(one, 'mine', target);
    await one.uninstall();
    expect(await secretOf(one, 'mine')).toHaveProperty('data');
  });

  it('with a generated certificate keeps it over two upgrades and a rollback, then still patches a pod', async () => {
    const { one, target, set } = await start('generated', 'helm');
    const secretName = `${one.fullname}-helm-tls`;
    await one.install(...set);
    const installed = (await secretOf(one, secretName)).data;
    for (const replicas of [3, 4]) {
      await one.upgrade(...set, '--set', `replicas=${replicas}`);
      expect((await secretOf(one, secretName)).data).toEqual(installed);
    }
    outputOf(await one.helm(['rollback', one.name, '1']));
    expect((await secretOf(one, secretName)).data).toEqual(installed);
    await expectPatchedPod(one, secretName, target);
    await one.uninstall();
  });

  it('with a generated certificate renews it when it is due, and trusts the one before until pods have the new one', async () => {
    const { one, set } = await start('renewed', 'helm');
    const secretName = `${one.fullname}-helm-tls`;
    await one.install(...set);
    const before = (await secretOf(one, secretName)).data;
    const due = ['annotate', 'secret', secretName, '--namespace', one.namespace, '--overwrite'];
    outputOf(await kubectl([...due, 'max-map-count.io/renew-after=2020-01-01']));
    // The annotation was set by kubectl: the upgrade has to take it back.
    await one.upgrade(...set, '--force-conflicts');
    const after = (await secretOf(one, secretName)).data;
    expect(after['tls.crt']).not.toBe(before['tls.crt']);
    const [bundle = ''] = await bundlesOf(one);
    const authorities = bundle.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
    const [newest, previous] = authorities.map((pem) => new X509Certificate(pem));
    expect(authorities).toHaveLength(2);
    expect(new X509Certificate(atob(after['tls.crt'])).verify(publicKeyOf(newest))).toBe(true);
    expect(new X509Certificate(atob(before['tls.crt'])).verify(publicKeyOf(previous))).toBe(true);
    await one.upgrade(...set);
    expect((await secretOf(one, secretName)).data).toEqual(after);
    await one.uninstall();
  });
});

function publicKeyOf(certificate: X509Certificate | undefined) {
  if (certificate === undefined) throw new Error('a certificate was expected');
  return certificate.publicKey;
}
