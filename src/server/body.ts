import type { IncomingMessage } from 'node:http';
import type { Ticket } from './in-flight.ts';
import type { Refusal } from './refusals.ts';

/** A request's bytes, why they are refused, or that the client left in the middle of them. */
export type BodyResult =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly cause: Refusal | 'aborted' };

/** Reads a whole body of at most `largest` bytes, held by `ticket`. Never throws. */
export function readBody(request: IncomingMessage, ticket: Ticket, largest: number): Promise<BodyResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const stop = (cause: Refusal | 'aborted') => {
      request.off('data', take);
      resolve({ ok: false, cause });
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length > largest) stop('too-large');
      else if (!ticket.hold(chunk.length)) stop('overload');
      else chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => resolve({ ok: true, bytes: Buffer.concat(chunks, length) }));
    request.once('error', () => stop('aborted'));
    request.once('close', () => stop('aborted'));
  });
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What a body's bytes say as JSON, or why they say nothing. A byte order mark is no JSON. */
export function parseBody(
  bytes: Buffer,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly cause: Refusal } {
  if (bytes.length === 0) return { ok: false, cause: 'empty' };
  let text: string;
  try {
    text = UTF_8.decode(bytes);
  } catch {
    return { ok: false, cause: 'encoding' };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, cause: 'json' };
  }
}
