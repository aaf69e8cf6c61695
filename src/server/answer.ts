import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { AdmissionResponse } from '../core/review.ts';
import type { Metrics } from './metrics.ts';
import { REFUSALS, type Refusal } from './refusals.ts';

/** Sends a JSON answer; headers that were set before stay. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers?: OutgoingHttpHeaders): void {
  sendText(response, status, JSON.stringify(body), headers);
}

// As a string it leaves with the headers in one TLS record; as bytes it would be a second one.
function sendText(response: ServerResponse, status: number, text: string, headers?: OutgoingHttpHeaders): void {
  const length = Buffer.byteLength(text);
  response.writeHead(status, { ...headers, 'Content-Type': 'application/json', 'Content-Length': length });
  response.end(text);
}

/** Sends the answer to a review. */
export function sendReview(response: ServerResponse, answer: AdmissionResponse, headers?: OutgoingHttpHeaders): void {
  sendText(response, 200, reviewText(answer), headers);
}

const HEAD = '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"';

/**
 * The answer to a review as JSON. Nearly all of it is constant; of the rest, the uid and the base64 of the patch hold no
 * character that JSON escapes.
 */
function reviewText({ uid, patch, warnings, auditAnnotations }: AdmissionResponse): string {
  let text = `${HEAD}${uid}","allowed":true`;
  if (patch !== undefined) text += `,"patchType":"JSONPatch","patch":"${patch}"`;
  if (warnings !== undefined) text += `,"warnings":${JSON.stringify(warnings)}`;
  if (auditAnnotations !== undefined) text += `,"auditAnnotations":${JSON.stringify(auditAnnotations)}`;
  return `${text}}}`;
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
