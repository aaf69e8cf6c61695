import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sendJson } from './answer.ts';
import { limitConnections } from './connections.ts';
import type { Limits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { answerParserRefusals } from './parser-refusals.ts';

/** What the admin port shows. */
export interface AdminOptions {
  readonly metrics: Metrics;
  readonly version: string;
  readonly limits: Limits;
  /** Why the webhook should get no traffic, or undefined when it is ready. */
  readonly notReady: () => string | undefined;
}

type Page = (response: ServerResponse) => void | Promise<void>;

/** The admin port's HTTP server, not yet listening: health, readiness, metrics, version. */
export function createAdminServer({ metrics, version, limits, notReady }: AdminOptions): Server {
  const pages = new Map<string, Page>([
    ['/healthz', (response) => sendJson(response, 200, { status: 'ok' })],
    ['/version', (response) => sendJson(response, 200, { version, node: process.version })],
    [
      '/readyz',
      (response) => {
        const problem = notReady();
        if (problem === undefined) sendJson(response, 200, { status: 'ok' });
        else sendJson(response, 503, { error: problem });
      },
    ],
    [
      '/metrics',
      async (response) => {
        const text = await metrics.registry.metrics();
        response.writeHead(200, {
          'Content-Type': metrics.registry.contentType,
          'Content-Length': Buffer.byteLength(text),
        });
        response.end(text);
      },
    ],
  ]);
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const page = pages.get((request.url ?? '').split('?', 1)[0] ?? '');
    if (!page) sendJson(response, 404, { error: 'no such path' });
    else if (request.method === 'GET' || request.method === 'HEAD') await page(response);
    else sendJson(response, 405, { error: 'only GET is allowed' }, { Allow: 'GET, HEAD' });
  };
  const server = createServer({ requireHostHeader: false, maxHeaderSize: limits.headerBytes }, answer);
  const connections = limitConnections(server, limits.adminConnections, () => metrics.rejected('connections'));
  server.on('request', ({ socket }) => connections.served(socket));
  answerParserRefusals(server, metrics);
  return server;
}
