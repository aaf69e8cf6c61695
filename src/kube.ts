import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
// Not the package's index: that loads a class for every kind of the API, half a second and 70 MB of them.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { plain } from './input/plain.ts';

/** Which cluster to talk to, as kubectl's flags of these names say it. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** One call of the Kubernetes API. */
export interface KubeRequest {
  /** Below the server's URL, with the query string: `/api/v1/pods?limit=250`. */
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PATCH';
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
  readonly context: string;
  readonly server: string;
  /** The namespace of the context, or `default`. */
  readonly namespace: string;
  /** Sends one request; throws only when there is no answer at all, with one line that says why. */
  send(request: KubeRequest): Promise<KubeAnswer>;
}

const TIMEOUT_MS = 15_000;
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** Reads the kubeconfig, or the ServiceAccount's files inside a cluster; throws one plain line when there is neither. */
export function connectKube({ kubeconfig, context }: ClusterOptions): Kube {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  if (context !== undefined) selectContext(config, context);
  const { currentContext } = config;
  const cluster = config.getCurrentCluster();
  // What the library falls back to when it finds nothing.
  if (!cluster || currentContext === 'loaded-context') {
    throw new Error('no kubeconfig: set KUBECONFIG or --kubeconfig, and a current context or --context');
  }
  return {
    context: currentContext,
    server: cluster.server,
    namespace: config.getContextObject(currentContext)?.namespace ?? 'default',
    send: (request) => send(config, cluster.server, request),
  };
}

function selectContext(config: KubeConfig, context: string): void {
  if (config.getContextObject(context) === null) {
    const known = config.contexts.map(({ name }) => name).join(', ');
    throw new Error(`the kubeconfig has no context "${context}"; it has: ${known || 'none'}`);
  }
  config.setCurrentContext(context);
}

async function send(
  config: KubeConfig,
  server: string,
  { path, method = 'GET', body, contentType }: KubeRequest,
): Promise<KubeAnswer> {
  const url = new URL(`${server.replace(/\/+$/, '')}${path}`);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const options: RequestOptions = {
    method,
    timeout: TIMEOUT_MS,
    headers: {
      accept: 'application/json',
      'user-agent': 'max-map-count',
      ...(payload !== undefined && {
        'content-type': contentType ?? 'application/json',
        'content-length': Buffer.byteLength(payload),
      }),
    },
  };
  await config.applyToHTTPSOptions(options);
  const answer = await exchange(url, options, payload);
  return answerOf(answer, await textOf(answer));
}

function exchange(url: URL, options: RequestOptions, payload: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = (url.protocol === 'http:' ? httpRequest : httpsRequest)(url, options, resolve);
    call.on('timeout', () => call.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    call.on('error', (error) => reject(new Error(`cannot reach ${url.origin}: ${reasonOf(error)}`, { cause: error })));
    call.end(payload);
  });
}

// Node reports several addresses that failed in one error without a message of its own.
function reasonOf(error: Error): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return plain(first);
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    length += (chunk as Buffer).length;
    if (length > LARGEST_ANSWER) throw new Error('the answer of the API server is larger than 64 MiB');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, text: string): KubeAnswer {
  const isJson = headers['content-type']?.startsWith('application/json') === true;
  // `Warning: 299 - "text"`; several arrive joined by commas.
  const warnings = [...(headers.warning ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => {
    return (match[1] ?? '').replace(/\\(.)/g, '$1');
  });
  return { status: statusCode, body: isJson ? JSON.parse(text) : text, warnings };
}
