import { connect, type PeerCertificate } from 'node:tls';

/** What a webhook's URL serves, checked against the CA that the API server was given. */
export type Served =
  | { readonly answers: false; readonly problem: string }
  | {
      readonly answers: true;
      /** Why the API server would refuse the certificate; undefined when it would not. */
      readonly problem: string | undefined;
      readonly expires: Date | undefined;
    };

const TIMEOUT_MS = 5_000;

/** Shakes hands with a URL as the API server would. */
export function servedAt(url: string, authority: string): Promise<Served> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const options = { host, port: Number(port) || 443, ca: authority, rejectUnauthorized: false, timeout: TIMEOUT_MS };
    const isAddress = /^[\d.]+$|:/.test(host);
    const socket = connect({ ...options, ...(!isAddress && { servername: host }) }, () => {
      const certificate = socket.getPeerCertificate();
      resolve({ answers: true, problem: problemOf(socket.authorizationError), expires: expiryOf(certificate) });
      socket.destroy();
    });
    socket.on('timeout', () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    socket.on('error', (error) => resolve({ answers: false, problem: error.message }));
  });
}

const PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host name',
};

// Node's types say Error; what it sets for a broken chain is the bare code.
function problemOf(error: unknown): string | undefined {
  if (!error) return undefined;
  const code = error instanceof Error && 'code' in error ? error.code : error;
  return PROBLEMS[String(code)] ?? 'it is not signed by the CA in caBundle';
}

function expiryOf({ valid_to: until }: PeerCertificate): Date | undefined {
  return until ? new Date(until) : undefined;
}
