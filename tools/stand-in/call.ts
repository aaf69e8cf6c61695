import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { isObject, type JsonObject } from '../../src/core/json.ts';

/** A webhook's answer, taken apart. */
export interface Answer {
  readonly allowed: boolean;
  /** Why not, when it is not allowed. */
  readonly message: string;
  /** JSON Patch operations; undefined: it changes nothing. */
  readonly patch: unknown[] | undefined;
  readonly warnings: readonly string[];
}

/** Where a webhook is. */
export interface Target {
  readonly url: string;
  /** The PEM of the authorities that may have signed its certificate. */
  readonly authority: string;
  readonly timeoutSeconds: number;
}

const API = 'admission.k8s.io/v1';

/** Sends a review as the API server does: TLS with a verified certificate, and an answer that must name its uid. */
export async function callWebhook(target: Target, review: JsonObject): Promise<Answer> {
  const body = JSON.stringify({ apiVersion: API, kind: 'AdmissionReview', request: review });
  const answer: unknown = JSON.parse(await post(target, body));
  if (!isObject(answer) || answer.apiVersion !== API || answer.kind !== 'AdmissionReview') {
    throw new Error(`expected an AdmissionReview of ${API}`);
  }
  const { response } = answer;
  if (!isObject(response)) throw new Error('the AdmissionReview has no response');
  if (response.uid !== review.uid) throw new Error(`expected response.uid="${review.uid}", got "${response.uid}"`);
  return {
    allowed: response.allowed === true,
    message: isObject(response.status) ? String(response.status.message) : 'no reason given',
    patch: patchOf(response),
    warnings: Array.isArray(response.warnings) ? response.warnings.map(String) : [],
  };
}

function patchOf({ patch, patchType }: JsonObject): unknown[] | undefined {
  if (patch === undefined && patchType === undefined) return undefined;
  if (typeof patch !== 'string' || patchType !== 'JSONPatch')
    throw new Error('patch and patchType do not belong together');
  const operations: unknown = JSON.parse(Buffer.from(patch, 'base64').toString('utf8'));
  if (!Array.isArray(operations)) throw new Error('the patch is not a list');
  return operations;
}

function post({ url, authority, timeoutSeconds }: Target, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  return new Promise((resolve, reject) => {
    const sent = request(`${url}?timeout=${timeoutSeconds}s`, {
      method: 'POST',
      ca: authority,
      headers,
      signal,
      agent: false,
    });
    sent.on('response', (response) => {
      text(response).then((answer) => {
        if (response.statusCode === 200) resolve(answer);
        else reject(new Error(`the webhook answers ${response.statusCode}`));
      }, reject);
    });
    sent.on('error', reject).end(body);
  });
}
