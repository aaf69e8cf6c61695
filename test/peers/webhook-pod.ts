// What nodes would do for the webhook's pods: no kubelet runs here. The built server runs with the chart's own
// configuration file, a Secret is mounted as the kubelet mounts it, and kube-proxy's part is a TCP balancer.
import { existsSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { eventually } from '../../tools/process/eventually.ts';
import { freePorts } from '../../tools/process/ports.ts';
import type { Supervised } from '../../tools/process/supervisor.ts';
import { SCRIPT } from '../../tools/webhook/server.ts';
import { startBalancer } from '../support/tcp-balancer.ts';
import type { Environment } from './environment.ts';

const POLL_MILLISECONDS = 500;

/** The names of a release's objects. */
export interface ReleaseNames {
  readonly namespace: string;
  readonly fullname: string;
  /** The Secret with the certificate. Default: that of tls.mode certManager. */
  readonly secret?: string;
}

/** Starts the server of an installed release, reachable at the address of its Service. */
export async function startWebhookPod(
  environment: Environment,
  { namespace, fullname, secret = `${fullname}-tls` }: ReleaseNames,
): Promise<Supervised> {
  const { supervisor, directory } = environment.plane;
  const tls = join(directory, 'tls');
  void mountSecret(environment, namespace, secret, tls);
  const ready = async () => {
    if (!existsSync(join(tls, 'tls.crt'))) throw new Error(`Secret ${secret} has no certificate yet`);
  };
  await eventually('waiting for the certificate', ready, { seconds: 60 });
  const [port = 0, adminPort = 0] = await freePorts(2);
  const configMap = await environment.get<{ data: { 'config.yaml': string } }>('configmap', fullname, '-n', namespace);
  const config = parse(configMap.data['config.yaml']) as Record<string, unknown>;
  const paths = { certFile: join(tls, 'tls.crt'), keyFile: join(tls, 'tls.key') };
  const file = join(directory, 'config.yaml');
  writeFileSync(file, stringify({ ...config, listen: { port, adminPort }, tls: paths }));
  const server = await supervisor.start('webhook', process.execPath, [SCRIPT, '--config', file]);
  const service = await environment.get<{ spec: { clusterIP: string } }>('service', fullname, '-n', namespace);
  await startBalancer([port], { host: service.spec.clusterIP, port: 443 });
  return server;
}

/** A kubelet's secret volume: all keys change at once, because a symbolic link is swapped. Ends with the process. */
async function mountSecret(environment: Environment, namespace: string, name: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  let last = '';
  for (;;) {
    const secret = await environment
      .get<{ data?: Record<string, string> }>('secret', name, '--namespace', namespace)
      .catch(() => undefined);
    const seen = JSON.stringify(secret?.data);
    if (secret?.data && seen !== last) {
      last = seen;
      writeVolume(folder, secret.data);
    }
    await setTimeout(POLL_MILLISECONDS);
  }
}

function writeVolume(folder: string, data: Readonly<Record<string, string>>): void {
  const fresh = `..${Date.now()}`;
  mkdirSync(join(folder, fresh));
  for (const [key, value] of Object.entries(data)) {
    writeFileSync(join(folder, fresh, key), Buffer.from(value, 'base64'));
  }
  const link = join(folder, '..data');
  const old = existsSync(link) ? readlinkSync(link) : undefined;
  symlinkSync(fresh, join(folder, '..tmp'));
  renameSync(join(folder, '..tmp'), link);
  for (const key of Object.keys(data)) {
    if (!existsSync(join(folder, key))) symlinkSync(`..data/${key}`, join(folder, key));
  }
  if (old !== undefined) rmSync(join(folder, old), { recursive: true });
}
