// What pods meet while the server gets a new certificate, while the next server takes its place, and when none is left.
import { writeFile } from 'node:fs/promises';
import { describe, it } from 'vitest';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { startSupervisor } from '../../tools/process/supervisor.ts';
import { whileRunning } from '../../tools/process/while-running.ts';
import type { WebhookConfiguration } from '../../tools/webhook/configuration.ts';
import { startWebhookServer, type WebhookServer } from '../../tools/webhook/server.ts';
import { apiClient } from '../support/api-client.ts';
import { cluster } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';
import { servedUntil } from '../support/peer-certificate.ts';
import { createSteadily, outcomeOf } from '../support/steady-creates.ts';

const { available, kubeconfig, apply, createNamespace, startWebhook } = cluster();
const HOUR = 60 * 60 * 1000;
const SECONDS = 30;

// Most of the time these tests wait for the server, so they wait side by side, each with a webhook of its own.
describe.skipIf(!available).concurrent('creates that go on', () => {
  const client = apiClient(kubeconfig);

  /** A webhook that is called for one namespace only, and the way to create a pod there. */
  const startOwn = async (failurePolicy: 'Fail' | 'Ignore') => {
    const release = `own-${crypto.randomUUID().slice(0, 8)}`;
    const namespace = await createNamespace({ release });
    const set = [`webhook.failurePolicy=${failurePolicy}`, `webhook.namespaceSelector.matchLabels.release=${release}`];
    const webhook = await startWebhook({ release, set, probeNamespace: namespace });
    return { webhook, create: () => client.createPod(namespace, elasticsearch('es'), { dryRun: true }) };
  };

  it('are all patched while the certificate is swapped, under failurePolicy Fail', async ({
    expect,
    onTestFinished,
  }) => {
    const { webhook, create } = await startOwn('Fail');
    onTestFinished(() => webhook.stop());
    const { certificate: authority } = webhook.authority;
    const first = await servedUntil(webhook.url, authority);
    const creates = createSteadily(create);
    const next = await webhook.authority.issue({ notAfter: new Date(first.getTime() - HOUR) });
    await writeFile(webhook.keyFile, next.key);
    await writeFile(webhook.certFile, next.certificate);
    const swapped = async () => {
      const until = await servedUntil(webhook.url, authority);
      if (until.getTime() !== first.getTime() - HOUR) throw new Error(`it still serves the one until ${until}`);
    };
    await eventually('waiting for the new certificate', swapped, { seconds: SECONDS });
    // More at a time than the API server holds connections, so that some of them meet the new certificate.
    const burst = await Promise.all(Array.from({ length: 20 }, create));
    expect(new Set(burst.map(outcomeOf))).toEqual(new Set(['patched']));
    expect(await creates.stop()).toEqual({ patched: expect.any(Number) });
  });

  it('are all patched while the next server takes over, under failurePolicy Fail', async ({
    expect,
    onTestFinished,
  }) => {
    const { webhook, create } = await startOwn('Fail');
    onTestFinished(() => webhook.stop());
    const supervisor = await startSupervisor();
    onTestFinished(() => supervisor.stop());
    const next = await startWebhookServer(supervisor);
    const creates = createSteadily(create);
    // As in a rolling update: the pod that ends gets its signal, and leaves the endpoints some time later.
    webhook.process.signal('SIGTERM');
    const draining = async () => {
      const { status } = await fetch(`${webhook.adminUrl}/readyz`);
      if (status !== 503) throw new Error(`/readyz answers ${status}`);
    };
    await whileRunning([webhook.process], () => eventually('waiting for the drain', draining, { seconds: SECONDS }));
    outputOf(await apply(calling(next, webhook.configuration)));
    expect(await webhook.process.exit).toBe(0);
    expect(await creates.stop()).toEqual({ patched: expect.any(Number) });
    expect(outcomeOf(await create())).toBe('patched');
  });

  it('are let through without patch when no server is left, under failurePolicy Ignore', async ({
    expect,
    onTestFinished,
  }) => {
    const { webhook, create } = await startOwn('Ignore');
    onTestFinished(() => webhook.stop());
    expect(outcomeOf(await create())).toBe('patched');
    webhook.process.signal('SIGKILL');
    await webhook.process.exit;
    expect(outcomeOf(await create())).toBe('created without patch');
  });

  it('are refused when no server is left, under failurePolicy Fail', async ({ expect, onTestFinished }) => {
    const { webhook, create } = await startOwn('Fail');
    onTestFinished(() => webhook.stop());
    webhook.process.signal('SIGKILL');
    await webhook.process.exit;
    expect(outcomeOf(await create())).toMatch(/^500 .*failed calling webhook "privileged\.max-map-count\.io"/);
  });
});

/** A configuration whose entries keep their paths and call another server. */
function calling({ url, authority }: WebhookServer, configuration: WebhookConfiguration): WebhookConfiguration {
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  const webhooks = configuration.webhooks.map((entry) => {
    const { pathname } = new URL(entry.clientConfig.url ?? '');
    return { ...entry, clientConfig: { url: `${url}${pathname}`, caBundle } };
  });
  return { ...configuration, webhooks };
}
