// A small stand-in for one API server, for what the plugin writes: it keeps objects, runs no controller, and lets a test
// play the kubelet. It speaks plain HTTP on loopback.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { get, isObject, type JsonObject, strings, text } from '../../src/core/json.ts';
import { listening, stopped } from './api-endpoints.ts';

/** A request that it got. */
export interface FakeRequest {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly body: JsonObject | undefined;
}

/** An answer of a test's own; undefined leaves it to the stand-in. */
export type Answerer = (request: FakeRequest) => { readonly status: number; readonly body: unknown } | undefined;

/** The stand-in. */
export interface FakeApi {
  readonly url: string;
  /** Objects by their path: `/api/v1/namespaces/search/pods/es-0`. */
  readonly stored: Map<string, JsonObject>;
  readonly requests: FakeRequest[];
  /** Requests that change something, as `POST /path`; dry runs are none. */
  writes(): string[];
  /** Is asked first. */
  answer: Answerer;
  stop(): Promise<void>;
}

/** Starts one that holds these objects. */
export async function startFakeApi(objects: Readonly<Record<string, JsonObject>>): Promise<FakeApi> {
  const requests: FakeRequest[] = [];
  const stored = new Map(Object.entries(objects));
  const server = await listening(
    createServer((request, response) => {
      handled(request, response).catch((error) => response.destroy(error));
    }),
  );
  const api: FakeApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stored,
    requests,
    writes: () => requests.filter(isWrite).map(({ method, path }) => `${method} ${path}`),
    answer: () => undefined,
    stop: () => stopped(server),
  };
  async function handled(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '' } = request;
    const body = method === 'GET' ? undefined : await json(request).catch(() => undefined);
    const asked = { method, path: url, body: isObject(body) ? body : undefined };
    requests.push(asked);
    const answer = api.answer(asked) ?? answerFrom(stored, asked);
    const isText = typeof answer.body === 'string';
    response.writeHead(answer.status, { 'content-type': isText ? 'text/plain' : 'application/json' });
    response.end(isText ? answer.body : JSON.stringify(answer.body));
  }
  return api;
}

function isWrite(request: FakeRequest): boolean {
  return request.method !== 'GET' && !isDry(request);
}

// The options of a deletion are in its body, if it has one; the query does not count then.
function isDry({ method, path, body }: FakeRequest): boolean {
  return method === 'DELETE' && body ? strings(body, 'dryRun').includes('All') : path.includes('dryRun=All');
}

/** What an API server says when it refuses. */
export function refusal(code: number, message: string): { status: number; body: JsonObject } {
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message } };
}

function answerFrom(stored: FakeApi['stored'], request: FakeRequest) {
  const { method, path, body } = request;
  const [place = ''] = path.split('?');
  const found = stored.get(place);
  if (method === 'POST') {
    const name = text(get(body, 'metadata'), 'name');
    if (!isDry(request) && body) stored.set(`${place}/${name}`, body);
    return { status: 201, body: body ?? {} };
  }
  if (method === 'GET' && found === undefined && /\/(?:pods|nodes)$/.test(place)) {
    return { status: 200, body: { items: listed(stored, place) } };
  }
  if (found === undefined) return refusal(404, `${place} not found`);
  if (method === 'DELETE' && !isDry(request)) stored.delete(place);
  return { status: 200, body: found };
}

// `/api/v1/pods` lists those of all namespaces.
function listed(stored: FakeApi['stored'], place: string): JsonObject[] {
  const plural = place.split('/').at(-1);
  const inAll = place === `/api/v1/${plural}`;
  return [...stored].flatMap(([path, object]) => {
    const parent = path.slice(0, path.lastIndexOf('/'));
    return parent === place || (inAll && parent.endsWith(`/${plural}`)) ? [object] : [];
  });
}
