// From the chart of the last release (test/data/chart-0.1.0, as it was released) to the present one and back, on the real API
// server: helm's own upgrade and rollback, and the webhook configurations of both while pods are created under Fail.
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createAuthority } from '../../tools/control-plane/certificate.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import { type Supervisor, startSupervisor } from '../../tools/process/supervisor.ts';
import { repack } from '../../tools/release/archive.ts';
import { renderWebhookConfiguration, type WebhookConfiguration } from '../../tools/webhook/configuration.ts';
import { register, unregister } from '../../tools/webhook/register.ts';
import { startWebhookServer } from '../../tools/webhook/server.ts';
import { apiClient } from '../support/api-client.ts';
import { injectAuthority } from '../support/ca-injector.ts';
import { CERT_MANAGER_CRDS } from '../support/cert-manager-crds.ts';
import { CHART, type KubernetesObject } from '../support/chart.ts';
import { drift, expectNothingLeft, release } from '../support/chart-release.ts';
import { cluster } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';
import { createSteadily } from '../support/steady-creates.ts';

const LAST = fileURLToPath(new URL('../data/chart-0.1.0', import.meta.url));
const { available, binaries, kubeconfig, kubectl, apply, get, createNamespace } = cluster();
const { auditLog } = inject('controlPlane');
const { certificate: authority } = await createAuthority('CA of the release');

describe.skipIf(!available)('the chart of 0.1.0 and the present one', () => {
  const installed: string[] = [];
  let supervisor: Supervisor;
  beforeAll(async () => {
    supervisor = await startSupervisor();
    outputOf(await apply(...CERT_MANAGER_CRDS));
    const crds = CERT_MANAGER_CRDS.map(({ metadata }) => `crd/${metadata.name}`);
    outputOf(await kubectl(['wait', '--for=condition=Established', ...crds]));
  });
  afterAll(async () => {
    await supervisor.stop();
    await expectNothingLeft(kubectl, installed);
    outputOf(await kubectl(['delete', ...CERT_MANAGER_CRDS.map(({ metadata }) => `crd/${metadata.name}`)]));
  });

  const bundlesOf = async (name: string) =>
    ((await get('mutatingwebhookconfiguration', name)) as WebhookConfiguration).webhooks.map(
      ({ clientConfig }) => clientConfig.caBundle,
    );

  it.each([
    ['true', []],
    ['false', []],
    ['true', ['preparedNodes.enabled=true', 'webhook.warnOnWorkloads=true', 'namespaces.mode=optIn']],
  ])('upgrade and roll back beside a CA injector (--server-side=%s, %j)', async (serverSide, values) => {
    const one = release({ helm: binaries.helm, kubeconfig }, `from-last-${installed.length}`, await createNamespace());
    installed.push(one.name);
    const configuration = `zz-${one.fullname}`;
    const args = [`--server-side=${serverSide}`, ...values.flatMap((value) => ['--set', value])];
    outputOf(await one.helm(['install', one.name, LAST], ...args));
    await injectAuthority(kubectl, configuration, authority);
    await one.upgrade(...args);
    expect(await bundlesOf(configuration)).toEqual([btoa(authority), btoa(authority)]);
    const rendered = outputOf(await one.helm(['get', 'manifest', one.name]));
    for (const object of parseAllDocuments(rendered).map((document) => document.toJS() as KubernetesObject)) {
      const where = object.metadata.namespace ? ['--namespace', object.metadata.namespace] : [];
      expect(drift(object, await get(object.kind, object.metadata.name, ...where)), object.metadata.name).toEqual([]);
    }
    outputOf(await one.helm(['rollback', one.name, '1', `--server-side=${serverSide}`]));
    expect(await bundlesOf(configuration)).toEqual([btoa(authority), btoa(authority)]);
    await one.upgrade(...args);
    await one.uninstall();
  });

  it('installs from its package, as a release packs it', async () => {
    const one = release({ helm: binaries.helm, kubeconfig }, 'packaged', await createNamespace());
    installed.push(one.name);
    outputOf(await run(binaries.helm, ['package', CHART, '--destination', supervisor.directory]));
    const [name = ''] = (await readdir(supervisor.directory)).filter((file) => file.endsWith('.tgz'));
    const scratch = await mkdtemp(join(supervisor.directory, 'chart-'));
    const archive = await repack(join(supervisor.directory, name), scratch, 1_000_000_000);
    outputOf(await one.helm(['install', one.name, archive]));
    const manifest = outputOf(await one.helm(['get', 'manifest', one.name]));
    expect(manifest).toContain('kind: MutatingWebhookConfiguration');
    await one.uninstall();
  });

  it('have configurations between which no pod is lost or left unpatched, under failurePolicy Fail', async ({
    onTestFinished,
  }) => {
    const namespace = await createNamespace();
    const server = await startWebhookServer(supervisor);
    const at = { url: server.url, authority: server.authority.certificate };
    const set = ['webhook.failurePolicy=Fail', 'namespaces.mode=list', `namespaces.names={${namespace}}`];
    const present = await renderWebhookConfiguration({ helm: binaries.helm, ...at, set, release: namespace });
    const former = await formerConfiguration(namespace, set, present);
    await register({ kubectl, auditLog }, former, namespace);
    onTestFinished(() => unregister({ kubectl, auditLog }, present.metadata.name, namespace));
    const create = () => apiClient(kubeconfig).createPod(namespace, elasticsearch('es'), { dryRun: true });
    const creates = createSteadily(create);
    const applyAs = ['apply', '--server-side', '--force-conflicts', '--field-manager=helm', '-f', '-'];
    for (const configuration of [present, former, present, former, present]) {
      outputOf(await kubectl(applyAs, { input: JSON.stringify(configuration) }));
      await sleep(1_500);
    }
    const outcomes = await creates.stop();
    expect(outcomes).toEqual({ patched: expect.any(Number) });
    expect(outcomes.patched).toBeGreaterThan(100);
  });

  /** The last release's configuration, calling the same server as the present one. */
  const formerConfiguration = async (name: string, set: readonly string[], present: WebhookConfiguration) => {
    const args = ['template', name, LAST, '--namespace', 'max-map-count-webhook', '--set', 'tls.mode=helm'];
    const values = set.flatMap((value) => ['--set', value]);
    const rendered = outputOf(await run(binaries.helm, [...args, ...values]));
    const objects = parseAllDocuments(rendered).map((document) => document.toJS() as KubernetesObject);
    const found = objects.find(({ kind }) => kind === 'MutatingWebhookConfiguration') as
      | WebhookConfiguration
      | undefined;
    const clientConfigOf = (entry: string) => present.webhooks.find((one) => one.name === entry)?.clientConfig;
    const webhooks = (found?.webhooks ?? []).map((entry) => ({
      ...entry,
      clientConfig: clientConfigOf(entry.name) ?? {},
    }));
    expect(webhooks).toHaveLength(2);
    return { ...found, metadata: { name: present.metadata.name }, webhooks } as WebhookConfiguration;
  };
});
