import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

/** What an HTTP server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

const LARGEST_ANSWER = 64 * 1024 * 1024;
const SILENCE_MS = 15_000;

/**
 * One HTTP request and its whole answer; throws one line when there is none. `limit` is the milliseconds that it may take,
 * 0 for any number; without it there must be some sign of life every 15 seconds.
 */
export async function exchange(
  url: URL,
  options: RequestOptions,
  { payload, limit }: { payload: string | undefined; limit: number | undefined },
): Promise<Answer> {
  const signal = limit ? AbortSignal.timeout(limit) : undefined;
  const silence = limit === undefined ? { timeout: SILENCE_MS } : {};
  const seconds = (limit ?? SILENCE_MS) / 1000;
  try {
    const answer = await send(url, { ...options, ...silence, ...(signal && { signal }) }, payload);
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: await textOf(answer) };
  } catch (error) {
    const reason = signal?.aborted || error instanceof Silence ? `no answer within ${seconds} s` : reasonOf(error);
    throw new Error(`cannot reach ${url.origin}: ${reason}`, { cause: error });
  }
}

class Silence extends Error {}

function send(url: URL, options: RequestOptions, payload: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = (url.protocol === 'http:' ? httpRequest : httpsRequest)(url, options, resolve);
    call.on('timeout', () => call.destroy(new Silence()));
    call.on('error', reject);
    call.end(payload);
  });
}

// Node reports several addresses that failed in one error without a message of its own.
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    length += (chunk as Buffer).length;
    if (length > LARGEST_ANSWER) throw new Error('the answer is larger than 64 MiB');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}
