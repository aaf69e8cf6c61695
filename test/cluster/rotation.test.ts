// tls.mode rotated on the real API server: the Job's own program with the chart's own rights, while pods are created with
// failurePolicy Fail. There is no kubelet, so the test brings the Secret to the server's files, late as a kubelet does.
import { X509Certificate } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectKube } from '../../src/kube.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import { type Supervisor, startSupervisor } from '../../tools/process/supervisor.ts';
import { startWebhookServer } from '../../tools/webhook/server.ts';
import { apiClient } from '../support/api-client.ts';
import type { WebhookConfiguration } from '../support/chart.ts';
import { expectNothingLeft, type Release, release } from '../support/chart-release.ts';
import { cluster } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';
import { servedUntil } from '../support/peer-certificate.ts';
import { kubeconfigWith, tokenOf } from '../support/prepared-nodes.ts';
import { createSteadily } from '../support/steady-creates.ts';

const SECONDS = 30;
const KUBELET_LAG = 1_000;
const SCRIPT = fileURLToPath(new URL('../../dist/rotate.js', import.meta.url));
const here = cluster();
const { available, binaries, kubeconfig, kubectl, get, createNamespace } = here;

interface Secret {
  readonly data?: Readonly<Record<string, string>>;
}
interface Jobs {
  readonly items: readonly {
    readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { args: string[] }[] } } };
  }[];
}

describe.skipIf(!available)('a release whose certificate rotates', () => {
  let supervisor: Supervisor;
  let one: Release;
  let target: string;
  let values: string[];
  const account = { namespace: '', name: '' };

  beforeAll(async () => {
    supervisor = await startSupervisor();
    target = await createNamespace();
    one = release({ helm: binaries.helm, kubeconfig }, 'rotating', await createNamespace());
    account.namespace = one.namespace;
    account.name = `${one.fullname}-rotate`;
    const set = `tls.mode=rotated,webhook.failurePolicy=Fail,namespaces.mode=list,namespaces.names={${target}}`;
    values = ['--set', set];
    await one.install(...values);
  }, 300_000);
  afterAll(() => supervisor.stop());

  const secretName = () => `${one.fullname}-rotated-tls`;
  const dataOf = async (key: string) => {
    const { data } = (await get('secret', secretName(), '--namespace', one.namespace)) as Secret;
    return Buffer.from(data?.[key] ?? '', 'base64').toString();
  };
  const bundles = async () => {
    const { webhooks } = (await get('mutatingwebhookconfiguration', `zz-${one.fullname}`)) as WebhookConfiguration;
    return webhooks.map(({ clientConfig }) => Buffer.from(clientConfig.caBundle ?? '', 'base64').toString());
  };
  const authorities = async () => (await bundles()).map((bundle) => bundle.match(/BEGIN CERTIFICATE/g)?.length ?? 0);
  const asAccount = async () => kubeconfigWith(here, await tokenOf(here, account));
  const jobArguments = async () => {
    const { items } = (await get('jobs', '--namespace', one.namespace)) as Jobs;
    expect(items).toHaveLength(1);
    return items.flatMap(({ spec }) => spec.template.spec.containers.flatMap(({ args }) => args));
  };
  /** What the Job or the CronJob runs, as its ServiceAccount; more arguments win over the chart's. */
  const rotate = async (...more: string[]) => {
    const args = [SCRIPT, ...(await jobArguments()), '--settle-seconds=2', ...more];
    return run(process.execPath, args, { env: { KUBECONFIG: await asAccount() } });
  };
  /** Plays the kubelet until it is stopped. */
  const mount = async () => {
    const directory = await mkdtemp(join(supervisor.directory, 'tls-'));
    const [certFile, keyFile] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
    let stopped = false;
    const bring = async () => {
      const [certificate, key] = [await dataOf('tls.crt'), await dataOf('tls.key')];
      await sleep(KUBELET_LAG);
      await Promise.all([writeFile(certFile, certificate), writeFile(keyFile, key)]);
    };
    await bring();
    const bringing = (async () => {
      while (!stopped) await bring();
    })();
    const stop = async () => {
      stopped = true;
      await bringing;
    };
    return { tls: { certFile, keyFile }, stop };
  };

  it('gets its first certificate from the Job, with nothing but the rights of the chart', async () => {
    expect(await dataOf('tls.crt')).toBe('');
    const { code, stdout } = await rotate();
    expect(stdout).toContain(`MutatingWebhookConfiguration zz-${one.fullname} now trusts one authority`);
    expect(code).toBe(0);
    const leaf = new X509Certificate(await dataOf('tls.crt'));
    expect(leaf.checkHost(`${one.fullname}.${one.namespace}.svc`)).toBeDefined();
    expect(await authorities()).toEqual([1, 1]);
  });

  it('may read and change that Secret and that configuration, and nothing else', async () => {
    const kube = connectKube({ kubeconfig: await asAccount() });
    const secrets = `/api/v1/namespaces/${one.namespace}/secrets`;
    const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
    const statusOf = async (path: string, method?: 'DELETE' | 'POST') =>
      (await kube.send({ path, ...(method && { method }), ...(method === 'POST' && { body: {} }) })).status;
    expect(await statusOf(`${secrets}/${secretName()}`)).toBe(200);
    expect(await statusOf(`${configurations}/zz-${one.fullname}`)).toBe(200);
    const others = [secrets, `${secrets}/other`, configurations, `${configurations}/other`, '/api/v1/nodes'];
    for (const path of [...others, `/api/v1/namespaces/${target}/pods`]) expect(await statusOf(path)).toBe(403);
    expect(await statusOf(secrets, 'POST')).toBe(403);
    expect(await statusOf(`${secrets}/${secretName()}`, 'DELETE')).toBe(403);
    expect(await statusOf(`${configurations}/zz-${one.fullname}`, 'DELETE')).toBe(403);
  });

  it('loses no pod while it is renewed twice under failurePolicy Fail', { timeout: 240_000 }, async ({
    onTestFinished,
  }) => {
    const kubelet = await mount();
    onTestFinished(kubelet.stop);
    const { url } = await startWebhookServer(supervisor, { tls: kubelet.tls });
    await reachAt(Number(new URL(url).port));
    const create = () => apiClient(kubeconfig).createPod(target, elasticsearch('es'), { dryRun: true });
    const patched = async () => {
      const answer = await create();
      expect(JSON.stringify(answer.body)).toContain('"name":"max-map-count"');
    };
    await eventually('waiting until a pod is patched', patched, { seconds: SECONDS });

    const creates = createSteadily(create);
    for (const days of [200, 400]) {
      const before = await dataOf('tls.crt');
      const { stdout, code } = await rotate(`--days=${days}`, `--renew-before-days=${days / 2}`);
      expect(stdout).toMatch(/now trusts [23] authorities/);
      expect(code).toBe(0);
      const leaf = await dataOf('tls.crt');
      expect(leaf).not.toBe(before);
      const shown = async () =>
        expect(await servedUntil(url, await dataOf('ca.crt'), `${one.fullname}.${one.namespace}.svc`)).toEqual(
          new Date(new X509Certificate(leaf).validTo),
        );
      await eventually('waiting until the server shows it', shown, { seconds: SECONDS });
    }
    expect(await authorities()).toEqual([3, 3]);
    await setBackAnHour();
    expect((await rotate()).stdout).toContain('now trusts one authority');
    expect(await authorities()).toEqual([1, 1]);
    await sleep(1_000);
    const outcomes = await creates.stop();
    expect(outcomes).toEqual({ patched: expect.any(Number) });
    expect(outcomes.patched).toBeGreaterThan(200);
  });

  it('keeps certificate and trust over an upgrade and a rollback, and leaves nothing behind', async () => {
    const before = [await dataOf('tls.crt'), await dataOf('ca.crt'), ...(await bundles())];
    const state = async () => [await dataOf('tls.crt'), await dataOf('ca.crt'), ...(await bundles())];
    // The test has changed the Service and the port of its entries, as kubectl.
    await one.upgrade(...values, '--set', 'replicas=3', '--force-conflicts');
    expect(await state()).toEqual(before);
    outputOf(await one.helm(['rollback', one.name, '1', '--force-conflicts']));
    expect(await state()).toEqual(before);
    await one.uninstall();
    await expectNothingLeft(kubectl, [one.name]);
  });

  /** Plays kube-proxy: the Service becomes this machine. */
  const reachAt = async (port: number) => {
    const spec = { type: 'ExternalName', externalName: 'localhost', clusterIP: null, clusterIPs: null };
    const patch = async (args: string[], type: string, change: unknown) =>
      outputOf(await kubectl(['patch', ...args, '--type', type, '--patch', JSON.stringify(change)]));
    await patch(['service', one.fullname, '--namespace', one.namespace], 'merge', { spec });
    const ports = [0, 1].map((index) => {
      return { op: 'replace', path: `/webhooks/${index}/clientConfig/service/port`, value: port };
    });
    await patch(['mutatingwebhookconfiguration', `zz-${one.fullname}`], 'json', ports);
  };
  const setBackAnHour = async () => {
    const since = btoa(new Date(Date.now() - 3_600_000).toISOString());
    const patch = JSON.stringify({ data: { since } });
    const args = ['patch', 'secret', secretName(), '--namespace', one.namespace, '--type=merge', '--patch', patch];
    outputOf(await kubectl(args));
  };
});
