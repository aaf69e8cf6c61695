import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Access } from './kubeconfig.ts';

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
