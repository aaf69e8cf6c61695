import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type { Access } from './kubeconfig.ts';

const POLL_MILLISECONDS = 100;

/** The body of a GET on the API server; rejects when the status is not 200 or nobody answers. */
export function getFrom({ url, authority, token }: Access, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const request = get(`${url}${path}`, { ca: authority, headers, agent: false, timeout: 5000 }, (response) => {
      text(response).then(
        (body) => (response.statusCode === 200 ? resolve(body) : reject(new Error(`${response.statusCode} ${body}`))),
        reject,
      );
    });
    request.on('timeout', () => request.destroy(new Error(`no answer from ${url}${path} within 5 s`)));
    request.on('error', reject);
  });
}

/** Asks again and again until `ask` resolves; gives up with its last complaint after `seconds`. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  { seconds, signal }: { seconds: number; signal?: AbortSignal },
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await ask();
    } catch (cause) {
      if (signal?.aborted) throw cause;
      if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s: ${messageOf(cause)}`, { cause });
      await setTimeout(POLL_MILLISECONDS);
    }
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
