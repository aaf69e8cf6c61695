import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { clientFor } from './kube/client.ts';
import { exchange } from './kube/exchange.ts';
import { inClusterTarget } from './kube/in-cluster.ts';
import { readKubeconfigs } from './kube/kubeconfig.ts';
import type { ClusterOptions } from './kube/options.ts';
import { type Target, targetOf } from './kube/target.ts';

export type { ClusterOptions } from './kube/options.ts';

/** One call of the Kubernetes API. */
export interface KubeRequest {
  /** Below the server's URL, with the query string: `/api/v1/pods?limit=250`. */
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly contentType?: string;
}

/** What the API server answered; objects stay plain JSON, so that unknown fields survive. */
export interface KubeAnswer {
  readonly status: number;
  /** Decoded JSON, or the text itself for logs. */
  readonly body: unknown;
  /** The texts of the Warning headers. */
  readonly warnings: readonly string[];
}

/** A connection to one cluster. */
export interface Kube {
  /** The name of the context; empty where flags alone name the cluster. */
  readonly context: string;
  readonly server: string;
  /** The namespace of the context, or `default`. */
  readonly namespace: string;
  /** Sends one request; throws only when there is no answer at all, with one line that says why. */
  send(request: KubeRequest): Promise<KubeAnswer>;
}

/**
 * The cluster that kubectl would talk to with the same environment and flags, else the one that this process runs in;
 * throws one plain line when there is neither.
 */
export function connectKube(options: ClusterOptions): Kube {
  const target = findTarget(options);
  const server = String(target.cluster.server);
  if (!URL.canParse(server)) throw new Error(`the server of the kubeconfig is no URL: ${server}`);
  const client = clientFor(target);
  return {
    context: target.context,
    server,
    namespace: target.namespace,
    async send(request) {
      const answer = await send(client, server, request, options.requestTimeout);
      if (answer.status === 401) client.refused();
      return answer;
    },
  };
}

function findTarget(options: ClusterOptions): Target {
  const { kubeconfig } = options;
  const named = kubeconfig === undefined ? (process.env.KUBECONFIG ?? '').split(delimiter) : [kubeconfig];
  const files = named.filter((file) => file !== '');
  const config = readKubeconfigs(files.length > 0 ? files : [join(homedir(), '.kube', 'config')]);
  if (kubeconfig !== undefined && config.missing.length > 0) {
    throw new Error(`kubeconfig ${kubeconfig}: there is no such file or directory`);
  }
  if (config.clusters.size === 0 && options.context === undefined) {
    const inCluster = inClusterTarget(process.env);
    if (inCluster) return options.token ? { ...inCluster, user: { token: options.token } } : inCluster;
    const missing = files.length > 0 && config.missing.length > 0 ? ` (not found: ${config.missing.join(', ')})` : '';
    throw new Error(`no kubeconfig: set KUBECONFIG or --kubeconfig${missing}`);
  }
  if (!config.currentContext && options.context === undefined && options.cluster === undefined) {
    throw new Error('the kubeconfig has no current context: kubectl config use-context NAME, or --context NAME');
  }
  return targetOf(config, options);
}

async function send(
  client: ReturnType<typeof clientFor>,
  server: string,
  { path, method = 'GET', body, contentType }: KubeRequest,
  limit: number | undefined,
): Promise<KubeAnswer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const options = {
    method,
    headers: {
      accept: 'application/json',
      'user-agent': 'max-map-count',
      ...(payload !== undefined && {
        'content-type': contentType ?? 'application/json',
        'content-length': Buffer.byteLength(payload),
      }),
    },
  };
  await client.authorize(options);
  const { status, headers, text } = await exchange(new URL(`${server.replace(/\/+$/, '')}${path}`), options, {
    payload,
    limit,
  });
  const isJson = headers['content-type']?.startsWith('application/json') === true;
  return { status, body: isJson ? JSON.parse(text) : text, warnings: warningsIn(headers.warning) };
}

// `Warning: 299 - "text"`; several arrive joined by commas.
function warningsIn(header = ''): string[] {
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'));
}
