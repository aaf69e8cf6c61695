import { stringify } from 'yaml';

/** How a client reaches an API server. */
export interface Access {
  readonly url: string;
  /** The PEM of the authority that signed the server's certificate. */
  readonly authority: string;
  readonly token: string;
}

/** A kubeconfig with one context; the server's certificate is verified. */
export function kubeconfig({ url, authority, token }: Access): string {
  const name = 'max-map-count-webhook';
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(authority).toString('base64') };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name, context: { cluster: name, user: 'admin' } }],
    'current-context': name,
  });
}
