import type { RequestOptions } from 'node:https';
// Not the package's index: that loads a class for every kind of the API, half a second and 70 MB of them.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { type Credential, runHelper } from './exec-helper.ts';
import { impersonationOf } from './impersonation.ts';
import { text } from './kubeconfig.ts';
import { environmentProxy } from './proxy.ts';
import type { Target } from './target.ts';

/** Puts certificates, credentials and the proxy of a target into requests. */
export interface Client {
  authorize(options: RequestOptions): Promise<void>;
  /** Forgets a credential that the server did not accept. */
  refused(): void;
}

/** The client of a target: its credential helper runs at the first request, and again when its answer has expired. */
export function clientFor(target: Target): Client {
  const { user, userName } = target;
  const stated = ['token', 'tokenFile', 'username', 'client-certificate', 'client-certificate-data'];
  // As in kubectl, what the kubeconfig or a flag states itself makes the helper needless.
  const needsHelper = user.exec && !stated.some((key) => text(user, key, `user ${userName}`) !== '');
  const headers = impersonationOf(user);
  let credential: Credential | undefined;
  let library = needsHelper ? undefined : libraryFor(target, {});
  return {
    async authorize(options) {
      if (library === undefined || (credential?.expires ?? Number.POSITIVE_INFINITY) < Date.now()) {
        credential = await runHelper(target);
        library = libraryFor(target, credential);
      }
      await library.applyToHTTPSOptions(options);
      options.headers = { ...options.headers, ...headers };
    },
    refused() {
      if (needsHelper) library = undefined;
    },
  };
}

function libraryFor({ cluster, user }: Target, { token, certificate, key }: Credential): KubeConfig {
  const of = (stanza: typeof user, name: string) => text(stanza, name, 'kubeconfig') || undefined;
  const tokenFile = of(user, 'tokenFile');
  const library = new KubeConfig();
  library.loadFromOptions({
    clusters: [
      {
        name: '',
        server: of(cluster, 'server'),
        caFile: of(cluster, 'certificate-authority'),
        caData: of(cluster, 'certificate-authority-data'),
        tlsServerName: of(cluster, 'tls-server-name'),
        // The library refuses plain HTTP without it, where kubectl does not; nothing is left to verify there.
        skipTLSVerify: cluster['insecure-skip-tls-verify'] === true || of(cluster, 'server')?.startsWith('http:'),
        proxyUrl: proxyFor(cluster),
      },
    ],
    users: [
      {
        name: '',
        token: token ?? (tokenFile ? undefined : of(user, 'token')),
        certFile: of(user, 'client-certificate'),
        certData: certificate ? base64(certificate) : of(user, 'client-certificate-data'),
        keyFile: of(user, 'client-key'),
        keyData: key ? base64(key) : of(user, 'client-key-data'),
        username: of(user, 'username'),
        password: of(user, 'password') ?? '',
        // Read anew for each request: the kubelet renews it.
        authProvider: tokenFile ? { name: 'tokenFile', config: { tokenFile } } : user['auth-provider'],
      },
    ],
    contexts: [{ name: '', cluster: '', user: '' }],
    currentContext: '',
  });
  return library;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function proxyFor(cluster: Target['cluster']): string | undefined {
  const stated = text(cluster, 'proxy-url', 'cluster');
  const proxy = stated || environmentProxy(new URL(text(cluster, 'server', 'cluster')), process.env);
  // In Go the proxy resolves the name of the server; the library does so for socks5h only.
  return proxy?.replace(/^socks5:/, 'socks5h:');
}
