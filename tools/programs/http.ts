import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';

const MOST_REDIRECTS = 5;

/**
 * Opens a resource, wherever it was moved to. Not fetch: Node 24's throws an assertion that nobody can catch when a server
 * closes the connection while a large body waits for the disk.
 */
export async function open(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  let address = new URL(url);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await ask(address, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) return response;
    response.resume();
    address = new URL(headers.location, address);
  }
  throw new Error(`redirects more than ${MOST_REDIRECTS} times`);
}

function ask(address: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const get = address.protocol === 'https:' ? getSecure : getPlain;
  return new Promise((resolve, reject) => {
    get(address, { signal }, resolve).on('error', reject);
  });
}
