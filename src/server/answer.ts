import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';
import { REFUSALS, type Refusal } from './refusals.ts';

/** Sends a JSON answer; headers that were set before stay. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers?: OutgoingHttpHeaders): void {
  // As a string it leaves with the headers in one TLS record; as bytes it would be a second one.
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response.writeHead(status, { ...headers, 'Content-Type': 'application/json', 'Content-Length': length });
  response.end(text);
}

const EXTRA_HEADERS: { readonly [cause in Refusal]?: OutgoingHttpHeaders } = {
  method: { Allow: 'POST' },
  // The API server tries again only when it reads Retry-After, and then on a new connection, perhaps to another replica.
  overload: { 'Retry-After': '1' },
};

/** Refuses a request with a short JSON body, counts it, and closes its connection, since the rest of the body may still be on its way. */
export function refuse(response: ServerResponse, metrics: Metrics, cause: Refusal, detail?: string): void {
  const { status, error } = REFUSALS[cause];
  metrics.rejected(cause);
  sendJson(response, status, { error: detail ?? error }, { ...EXTRA_HEADERS[cause], Connection: 'close' });
}
