// A client of the API server for tests that make hundreds of requests: a kubectl process for each would take minutes.
import { readFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { isObject, type JsonObject } from '../../src/core/json.ts';
import type { Access } from '../../tools/control-plane/kubeconfig.ts';

/** What the API server answered; a refusal is an answer, too. */
export interface ApiAnswer {
  readonly status: number;
  /** The object, or a Status that says what is wrong. */
  readonly body: JsonObject;
  /** What kubectl would print after `Warning: `. */
  readonly warnings: readonly string[];
}

/** A client with the rights of the kubeconfig's user. */
export interface ApiClient {
  send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<ApiAnswer>;
  /** Creates a pod, for real or as a dry run; an unknown field is refused, as with kubectl. */
  createPod(namespace: string, pod: object, options?: { readonly dryRun?: boolean }): Promise<ApiAnswer>;
}

/** Creates a client that keeps its connections; the file is read at its first request, for there is none without a cluster. */
export function apiClient(kubeconfig: string): ApiClient {
  let opened: { readonly url: string; readonly token: string; readonly agent: Agent } | undefined;
  const open = () => {
    const { url, authority, token } = accessOf(readFileSync(kubeconfig, 'utf8'));
    return { url, token, agent: new Agent({ ca: authority, keepAlive: true }) };
  };
  const send: ApiClient['send'] = (method, path, body) => {
    opened ??= open();
    const { url, token, agent } = opened;
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    return exchange(new URL(path, url), { method, agent, headers }, body);
  };
  return {
    send,
    createPod: (namespace, pod, { dryRun = false } = {}) => {
      const query = `fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
      return send('POST', `/api/v1/namespaces/${namespace}/pods?${query}`, pod);
    },
  };
}

function exchange(url: URL, options: RequestOptions, body?: object): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const warnings = (response.headersDistinct.warning ?? []).map(warningText);
      const status = response.statusCode ?? 0;
      text(response)
        .then((json) => resolve({ status, body: JSON.parse(json), warnings }))
        .catch(reject);
    });
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

// RFC 7234 section 5.5, as the API server writes it: 299 - "text". Node reads header bytes as Latin-1; they are UTF-8.
function warningText(header: string): string {
  const [, quoted = ''] = /^299 - "(.*)"$/.exec(Buffer.from(header, 'latin1').toString('utf8')) ?? [];
  return quoted.replaceAll(/\\(.)/g, '$1');
}

function accessOf(kubeconfig: string): Access {
  const { clusters, users } = parse(kubeconfig);
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  return { url: server, authority: Buffer.from(authority, 'base64').toString(), token: users[0].user.token };
}

/** The sentence of a refusal; empty when there was none. */
export function refusalOf({ body }: ApiAnswer): string {
  return body.kind === 'Status' && typeof body.message === 'string' ? body.message : '';
}

/** A pod as JSON without what differs between two equal pods: names and times that the API server makes up. */
export function comparablePod(pod: JsonObject): JsonObject {
  const { metadata } = pod;
  const { uid, resourceVersion, creationTimestamp, namespace, managedFields, ...rest } = isObject(metadata)
    ? metadata
    : {};
  const { name, ...unnamed } = rest;
  const kept = { ...pod, metadata: 'generateName' in rest ? unnamed : rest };
  return JSON.parse(JSON.stringify(kept).replaceAll(/\bkube-api-access-\w+/g, 'kube-api-access'));
}
