import type { Config } from '../config/config.ts';
import { createAdminServer } from './admin.ts';
import { checkCallers } from './callers.ts';
import { limitConnections } from './connections.ts';
import { drain } from './drain.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import {
  createWebhookServer,
  DEFAULT_TIMEOUTS,
  listen,
  reportHandshakes,
  secureContext,
  type Timeouts,
} from './listen.ts';
import { createListener } from './listener.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { readCertificate } from './tls.ts';
import { watchCertificate } from './watch-certificate.ts';

/** What a server is started with; the optional ones have the defaults of production. */
export interface StartOptions {
  readonly config: Config;
  readonly version: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The address to listen on; all of them by default. */
  readonly host?: string;
  readonly limits?: Limits;
  readonly timeouts?: Timeouts;
  /** Milliseconds between two looks at the certificate files. */
  readonly pollCertificate?: number;
  readonly now?: () => Date;
}

/** A server that answers on both ports. */
export interface RunningServer {
  readonly port: number;
  readonly adminPort: number;
  /** Drains the webhook port and closes both. */
  readonly stop: () => Promise<void>;
}

/** Starts both ports; rejects with one clear sentence when a certificate or a port cannot be used. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, version, log, metrics, host, limits = DEFAULT_LIMITS, timeouts = DEFAULT_TIMEOUTS } = options;
  const { now = () => new Date(), pollCertificate = 10_000 } = options;
  const { settings, auth } = config;
  const files = auth.mode === 'none' ? config.tls : { ...config.tls, clientCaFile: auth.caFile };
  const found = await readCertificate(files);
  if (!found.ok) throw new Error(found.problem);
  metrics.setCatalogue(settings.catalogue);
  let draining = false;
  const server = createWebhookServer({ certificate: found.certificate, metrics, limits, timeouts });
  const connections = limitConnections(server, limits.connections, () => metrics.rejected('connections'));
  const callers = auth.mode === 'none' ? undefined : checkCallers(server, { names: auth.names, log, metrics, now });
  reportHandshakes(server, { log, metrics }, callers?.failed);
  const isDraining = () => draining;
  const listener = createListener({
    settings,
    log,
    metrics,
    limits,
    isDraining,
    onServed: connections.served,
  });
  const { inProgress } = listener;
  const onRequest = callers ? callers.guard(listener.onRequest) : listener.onRequest;
  // An Expect header other than 100-continue may be ignored (RFC 9110); refusing it could only cost a pod its patch.
  server.on('request', onRequest).on('checkExpectation', onRequest);
  const watch = watchCertificate({
    files,
    certificate: found.certificate,
    apply: (certificate) => {
      server.setSecureContext(secureContext(certificate));
      if (certificate.clientCa) callers?.keepOnly(certificate.clientCa);
    },
    every: pollCertificate,
    log,
    metrics,
    now,
  });
  const notReady = () => {
    if (draining) return 'draining';
    if (!server.listening) return 'the webhook port is not open yet';
    return watch.isExpired() ? 'the certificate has expired' : undefined;
  };
  const admin = createAdminServer({ metrics, version, limits, notReady });
  const stop = async () => {
    draining = true;
    const answerFor = config.listen.drainSeconds * 1000;
    await drain({ server, connections, inProgress, answerFor, finishWithin: timeouts.request });
    watch.stop();
    admin.close();
    admin.closeAllConnections();
  };
  try {
    const adminPort = await listen(admin, config.listen.adminPort, host);
    const port = await listen(server, config.listen.port, host);
    return { port, adminPort, stop };
  } catch (error) {
    watch.stop();
    admin.close();
    throw error;
  }
}
