import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, it, type TestContext } from 'vitest';
import { createWebhookServer, DEFAULT_TIMEOUTS, listen, secureContext } from '../../src/server/listen.ts';
import { type Certificate, type CertificateFiles, readCertificate } from '../../src/server/tls.ts';
import { watchCertificate } from '../../src/server/watch-certificate.ts';
import { createAuthority } from '../../tools/control-plane/certificate.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { startSupervisor } from '../../tools/process/supervisor.ts';
import { renderWebhookConfiguration } from '../../tools/webhook/configuration.ts';
import { register, unregister } from '../../tools/webhook/register.ts';
import { startWebhookServer } from '../../tools/webhook/server.ts';
import { apiClient } from '../support/api-client.ts';
import { temporaryDirectory } from '../support/certificates.ts';
import { cluster } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';
import { testApp } from '../support/server.ts';
import { createSteadily } from '../support/steady-creates.ts';
import { startBalancer } from '../support/tcp-balancer.ts';

const SECONDS = 20;
const { available, binaries, kubeconfig, kubectl, createNamespace } = cluster();
const { auditLog } = inject('controlPlane');

// Most of the time these tests wait, so they wait side by side, each with a webhook of its own.
describe.skipIf(!available).concurrent('pods created with failurePolicy Fail', () => {
  /** Registers a webhook for one namespace, for the time of one test. */
  const registerFor = async ({ onTestFinished }: TestContext, namespace: string, url: string, authority: string) => {
    const set = ['webhook.failurePolicy=Fail', 'namespaces.mode=list', `namespaces.names={${namespace}}`];
    const options = { helm: binaries.helm, url, authority, set, release: namespace };
    const configuration = await renderWebhookConfiguration(options);
    onTestFinished(() => unregister({ kubectl, auditLog }, configuration.metadata.name, namespace));
    await register({ kubectl, auditLog }, configuration, namespace);
  };

  const createIn = (namespace: string) => () =>
    apiClient(kubeconfig).createPod(namespace, elasticsearch('es'), { dryRun: true });

  it('all succeed while the certificate is swapped twenty times', async (context) => {
    const { onTestFinished } = context;
    const namespace = await createNamespace();
    const directory = temporaryDirectory();
    onTestFinished(directory.remove);
    const tls = { certFile: `${directory.path}/tls.crt`, keyFile: `${directory.path}/tls.key` };
    const authority = await createAuthority('swap');
    const swap = async () => {
      const { certificate, key } = await authority.issue();
      await Promise.all([writeFile(tls.certFile, certificate), writeFile(tls.keyFile, key)]);
    };
    await swap();
    const server = await startHandshakingServer(tls);
    onTestFinished(server.stop);
    await registerFor(context, namespace, server.url, authority.certificate);

    const creates = createSteadily(createIn(namespace));
    for (let count = 1; count <= 20; count += 1) {
      await swap();
      const replaced = () => expect(server.replaced()).toBe(count);
      await eventually('waiting for the swap', async () => replaced(), { seconds: SECONDS });
      await sleep(100);
    }
    const outcomes = await creates.stop();
    expect(outcomes).toEqual({ patched: expect.any(Number) });
    expect(outcomes.patched).toBeGreaterThan(50);
    expect(server.handshakes()).toBeGreaterThanOrEqual(outcomes.patched ?? 0);
  });

  it('all succeed while one of two replicas is told to stop', async (context) => {
    const { onTestFinished } = context;
    const namespace = await createNamespace();
    const supervisor = await startSupervisor();
    onTestFinished(supervisor.stop);
    const first = await startWebhookServer(supervisor);
    const { certFile, keyFile } = first;
    const second = await startWebhookServer(supervisor, { tls: { certFile, keyFile } });
    const [leaving, staying] = [first, second].map(({ url }) => Number(new URL(url).port));
    const balancer = await startBalancer([leaving ?? 0, staying ?? 0]);
    onTestFinished(balancer.close);
    await registerFor(context, namespace, balancer.url, first.authority.certificate);

    const creates = createSteadily(createIn(namespace));
    await sleep(500);
    first.process.signal('SIGTERM');
    // As long as a cluster may take until every node knows that the endpoint is gone.
    await sleep(2_000);
    balancer.setTargets([staying ?? 0]);
    expect(await first.process.exit).toBe(0);
    await sleep(500);
    const outcomes = await creates.stop();
    expect(outcomes).toEqual({ patched: expect.any(Number) });
    expect(outcomes.patched).toBeGreaterThan(50);
    const served = await (await fetch(`${second.adminUrl}/metrics`)).text();
    expect(served).toMatch(/reviews_total\{[^}]*decision="patch"[^}]*\} [1-9]/);
  });

  it('would need another certificate once it expires: /readyz fails then', async ({ onTestFinished }) => {
    const supervisor = await startSupervisor();
    onTestFinished(supervisor.stop);
    const { certificate, key } = await (await createAuthority('short')).issue({
      notAfter: new Date(Date.now() + 3_000),
    });
    const [certFile, keyFile] = [`${supervisor.directory}/short.crt`, `${supervisor.directory}/short.key`];
    await Promise.all([writeFile(certFile, certificate), writeFile(keyFile, key)]);
    // Resolves once /readyz has answered 200.
    const { adminUrl } = await startWebhookServer(supervisor, { tls: { certFile, keyFile } });
    const expired = async () => {
      const response = await fetch(`${adminUrl}/readyz`);
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ error: 'the certificate has expired' });
    };
    await eventually('waiting until the certificate expires', expired, { seconds: SECONDS });
  });
});

/** The server's own parts, put together so that every answer ends its connection: each review is a handshake. */
async function startHandshakingServer(files: CertificateFiles) {
  const { app, log, metrics, limits, lines } = testApp({ isDraining: () => true });
  const found = await readCertificate(files);
  if (!found.ok) throw new Error(found.problem);
  const { certificate } = found;
  const server = createWebhookServer({ certificate, metrics, limits, timeouts: DEFAULT_TIMEOUTS });
  server.on('request', app);
  let handshakes = 0;
  server.on('secureConnection', () => {
    handshakes += 1;
  });
  const apply = (next: Certificate) => server.setSecureContext(secureContext(next));
  const watch = watchCertificate({ files, certificate, apply, every: 20, log, metrics, now: () => new Date() });
  const port = await listen(server, 0, '127.0.0.1');
  return {
    url: `https://127.0.0.1:${port}`,
    handshakes: () => handshakes,
    replaced: () => lines.filter(({ msg }) => msg === 'certificate replaced').length,
    stop: () => {
      watch.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}
