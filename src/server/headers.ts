import type { IncomingMessage } from 'node:http';
import type { Refusal } from './refusals.ts';

// The API server sends about seven; a mesh or proxy in between adds a dozen.
const MOST_HEADERS = 100;
const JSON_TYPE = /^application\/json\s*(?:;\s*charset=(?:utf-8|"utf-8")\s*)?;?\s*$/i;

/** Why a request is refused whatever its path is, or undefined. */
export function checkRequest(request: IncomingMessage): Refusal | undefined {
  if (request.rawHeaders.length / 2 > MOST_HEADERS) return 'headers';
  if (request.headers.host === undefined && request.httpVersion !== '1.0') return 'host';
  return undefined;
}

/** Why a body is refused before any of it is read, or undefined. */
export function checkBodyHeaders(request: IncomingMessage, largest: number): Refusal | undefined {
  const { headers } = request;
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') return 'content-encoding';
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) return 'content-type';
  return Number(headers['content-length'] ?? 0) > largest ? 'too-large' : undefined;
}
