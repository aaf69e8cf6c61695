import { X509Certificate } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { certificatesIn } from '../input/pem.ts';
import { refuse } from './answer.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

// Whoever reaches the port could fill the log otherwise.
const QUIET_MS = 60_000;
// OpenSSL's own limit is 100; nobody has more than two authorities between root and leaf.
const LONGEST_CHAIN = 10;

/** What the check of callers works with. */
export interface CallersOptions {
  /** Common names: a certificate with one of them is let in. */
  readonly names: readonly string[];
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => Date;
}

/** The callers that are let in, where a client certificate is asked for. */
export interface Callers {
  /** Reports a handshake that failed because of its certificate; false when it was for another reason. */
  readonly failed: (error: NodeJS.ErrnoException, socket: Socket) => boolean;
  /** Ends the connections of callers whose certificate none of these authorities has signed. */
  readonly keepOnly: (authorities: Buffer) => void;
  /** Refuses every request of a connection whose certificate has another name, before anything of it is read. */
  readonly guard: (answer: RequestListener) => RequestListener;
}

/**
 * Looks at the name in each connection's certificate, once; whether the given authority signed it was decided in the
 * handshake. Common names, as the API server itself compares them (`--requestheader-allowed-names`).
 */
export function checkCallers(server: Server, { names, log, metrics, now }: CallersOptions): Callers {
  const allowed = new Set(names);
  const strangers = new WeakSet<Socket>();
  const open = new Set<TLSSocket>();
  const report = reportTo(log, now);
  server.on('secureConnection', (socket: TLSSocket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const name = commonName(socket);
    if (allowed.has(name)) return;
    strangers.add(socket);
    report(
      socket,
      `its certificate has the common name ${JSON.stringify(name.slice(0, 64))}, which auth.names does not list`,
    );
  });
  return {
    failed: (error, socket) => {
      const reason = refusalOf(error, socket);
      if (reason === undefined) return false;
      metrics.rejected('client-certificate');
      report(socket, reason);
      return true;
    },
    keepOnly: (authorities) => {
      const trusted = certificatesIn(authorities.toString()).map((pem) => new X509Certificate(pem));
      for (const socket of open) if (!isSignedByOne(socket, trusted)) socket.destroy();
    },
    guard: (answer) => (request: IncomingMessage, response: ServerResponse) => {
      if (strangers.has(request.socket)) refuse(response, metrics, 'client-certificate');
      else answer(request, response);
    },
  };
}

function isSignedByOne(socket: TLSSocket, trusted: readonly X509Certificate[]): boolean {
  let certificate = socket.getPeerX509Certificate();
  for (let depth = 0; certificate && depth < LONGEST_CHAIN; depth += 1) {
    const one = certificate;
    if (trusted.some((authority) => one.checkIssued(authority) && one.verify(authority.publicKey))) return true;
    certificate = one.issuerCertificate;
  }
  return false;
}

function commonName(socket: TLSSocket): string {
  // Empty when there is no certificate; a list when it has several names, which no honest issuer writes.
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : '';
}

// OpenSSL's word for a client that sends none; and Node's own check of what was sent, which has the faults that OpenSSL names.
function refusalOf({ code }: NodeJS.ErrnoException, socket: Socket): string | undefined {
  if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return 'it has no client certificate';
  const fault: unknown = 'authorizationError' in socket ? socket.authorizationError : undefined;
  if (typeof fault === 'string') return `its certificate is not accepted: ${fault}`;
  return code === 'ERR_SSL_CERTIFICATE_VERIFY_FAILED' ? 'its certificate is not accepted' : undefined;
}

/** One line at once, then at most one in a minute that says how many there were. */
function reportTo(log: Log, now: () => Date): (socket: Socket, reason: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  let refused = 0;
  return ({ remoteAddress }, reason) => {
    refused += 1;
    if (now().getTime() - last < QUIET_MS) return;
    log.warn({ address: remoteAddress, reason, refused }, 'refused a caller (auth.mode: clientCertificate)');
    last = now().getTime();
    refused = 0;
  };
}
