import type { IncomingMessage } from 'node:http';
import type { Limits } from './limits.ts';
import type { Refusal } from './refusals.ts';

/** Why a request is refused whatever its path is, or undefined. */
export function checkRequest(request: IncomingMessage, { headers }: Pick<Limits, 'headers'>): Refusal | undefined {
  if (request.rawHeaders.length / 2 > headers) return 'headers';
  if (request.headers.host === undefined && request.httpVersion !== '1.0') return 'host';
  return undefined;
}

/** Why a body is refused before any of it is read, or undefined. */
export function checkBodyHeaders(
  request: IncomingMessage,
  { bodyBytes }: Pick<Limits, 'bodyBytes'>,
): Refusal | undefined {
  const { headers } = request;
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') return 'content-encoding';
  if (!isJson(headers['content-type'] ?? '')) return 'content-type';
  return Number(headers['content-length'] ?? 0) > bodyBytes ? 'too-large' : undefined;
}

const PARAMETERS = new Set(['', 'charset=utf-8', 'charset="utf-8"']);

// Split, not matched: an expression with optional blanks takes quadratic time on a header full of them.
function isJson(type: string): boolean {
  if (type === 'application/json') return true;
  const [media = '', ...parameters] = type.toLowerCase().split(';');
  return media.trim() === 'application/json' && parameters.every((parameter) => PARAMETERS.has(parameter.trim()));
}
