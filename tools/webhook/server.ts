import { access, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type Authority, createAuthority } from '../control-plane/certificate.ts';
import { eventually } from '../process/eventually.ts';
import { freePorts, retryLostPorts } from '../process/ports.ts';
import type { Supervised, Supervisor } from '../process/supervisor.ts';
import { whileRunning } from '../process/while-running.ts';

/** The built webhook server, running on loopback. */
export interface WebhookServer {
  readonly url: string;
  readonly adminUrl: string;
  /** Signs the serving certificate, and the next one in tests of renewal. */
  readonly authority: Authority;
  readonly certFile: string;
  readonly keyFile: string;
  readonly process: Supervised;
}

/** The server's bundle. */
export const SCRIPT = fileURLToPath(new URL('../../dist/server.js', import.meta.url));
const READY_SECONDS = 20;

/** Runs dist/server.js with a fresh certificate; `config` is merged over `listen` and `tls` of its configuration file. */
export async function startWebhookServer(
  supervisor: Supervisor,
  config: Readonly<Record<string, unknown>> = {},
): Promise<WebhookServer> {
  await access(SCRIPT).catch(() => {
    throw new Error('dist/server.js is not there: run `npm run build` first');
  });
  return retryLostPorts(() => startOnFreePorts(supervisor, config));
}

async function startOnFreePorts(
  supervisor: Supervisor,
  config: Readonly<Record<string, unknown>>,
): Promise<WebhookServer> {
  const directory = await mkdtemp(join(supervisor.directory, 'webhook-'));
  const [certFile, keyFile, configFile] = [join(directory, 'tls.crt'), join(directory, 'tls.key'), 'config.yaml'];
  const authority = await createAuthority('max-map-count-webhook test');
  const { certificate, key } = await authority.issue();
  // Late, so that others have little time to take them.
  const [port = 0, adminPort = 0] = await freePorts(2);
  const contents = stringify({ listen: { port, adminPort }, tls: { certFile, keyFile }, ...config });
  await writeFile(certFile, certificate);
  await writeFile(keyFile, key, { mode: 0o600 });
  await writeFile(join(directory, configFile), contents);

  const args = [SCRIPT, '--config', join(directory, configFile)];
  const server = await supervisor.start('max-map-count-webhook', process.execPath, args);
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  await whileRunning([server], (signal) =>
    eventually('waiting for the webhook server', () => getReady(adminUrl), { seconds: READY_SECONDS, signal }),
  );
  return { url: `https://127.0.0.1:${port}`, adminUrl, authority, certFile, keyFile, process: server };
}

async function getReady(adminUrl: string): Promise<void> {
  const { status } = await fetch(`${adminUrl}/readyz`);
  if (status !== 200) throw new Error(`/readyz answers ${status}`);
}
