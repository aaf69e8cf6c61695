import type { Server } from 'node:http';
import { createServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { answerParserRefusals } from './parser-refusals.ts';
import type { Certificate } from './tls.ts';

/** How long the webhook port waits, in milliseconds. */
export interface Timeouts {
  readonly handshake: number;
  readonly headers: number;
  readonly request: number;
  readonly keepAlive: number;
  /** How often the two in the middle are looked at. */
  readonly check: number;
}

// The API server keeps idle connections for 90 s: whoever closes first must be the API server, or a pod meets a reset.
export const DEFAULT_TIMEOUTS: Timeouts = {
  handshake: 10_000,
  headers: 10_000,
  request: 15_000,
  keepAlive: 120_000,
  check: 1_000,
};

const MIN_TLS = 'TLSv1.2';

/** What a TLS context is made of, at the start and at every replacement. */
export function secureContext({ cert, key, clientCa }: Certificate) {
  return { cert, key, ...(clientCa && { ca: clientCa }), minVersion: MIN_TLS } as const;
}

/**
 * The webhook port's HTTPS server, not yet listening, and without anybody to answer its requests. With authorities for
 * callers it ends the handshake of whoever has no certificate of theirs.
 */
export function createWebhookServer(options: {
  readonly certificate: Certificate;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly timeouts: Timeouts;
}): HttpsServer {
  const { certificate, metrics, limits, timeouts } = options;
  const server = createServer({
    ...secureContext(certificate),
    requestCert: certificate.clientCa !== undefined,
    handshakeTimeout: timeouts.handshake,
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    keepAliveTimeout: timeouts.keepAlive,
    connectionsCheckingInterval: timeouts.check,
    maxHeaderSize: limits.headerBytes,
    // Node's own refusal has no body; the app refuses a missing Host.
    requireHostHeader: false,
  });
  answerParserRefusals(server, metrics);
  return server;
}

/** Counts and logs every failed handshake that nobody else has reported. */
export function reportHandshakes(
  server: HttpsServer,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
  isReported: (error: NodeJS.ErrnoException, socket: Socket) => boolean = () => false,
): void {
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (isReported(error, socket)) return;
    metrics.rejected('tls');
    log.debug({ err: error }, 'a TLS handshake failed');
  });
}

/** Starts to listen and gives the bound port; rejects with one clear sentence. */
export function listen(server: Server | HttpsServer, port: number, host?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'it is already in use' : error.message;
      reject(new Error(`cannot listen on port ${port}: ${reason}`, { cause: error }));
    };
    server.once('error', onError);
    server.listen(host === undefined ? { port } : { port, host }, () => {
      server.off('error', onError);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
