// Stand-ins for API servers that do nothing but write down who called them, to see where a kubeconfig leads.
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Server as NetServer, type Socket } from 'node:net';
import { type Authority, createAuthority } from '../../tools/control-plane/certificate.ts';

/** A call that an endpoint or the proxy saw. */
export interface SeenCall {
  /** The name of the endpoint. */
  readonly endpoint: string;
  readonly authorization: string | undefined;
  /** The impersonation headers, by lower-case name. */
  readonly impersonates: Readonly<Record<string, string>>;
  readonly isProxied: boolean;
}

/** Several endpoints, and an HTTP proxy that knows them as `https://NAME.test`. */
export interface Endpoints {
  readonly authority: Authority;
  /** The URL of an endpoint on loopback. */
  urlOf(name: string): string;
  readonly proxy: string;
  /** The first call since the last time, and nothing of the others; undefined when there was none. */
  firstCall(): SeenCall | undefined;
  stop(): Promise<void>;
}

/** Starts an endpoint for each name. */
export async function startEndpoints(names: readonly string[]): Promise<Endpoints> {
  const authority = await createAuthority('test endpoints');
  const { certificate, key } = await authority.issue({ names: names.map((name) => `${name}.test`) });
  const calls: SeenCall[] = [];
  const proxied = new Set<number>();
  const servers = new Map<string, Server>();
  for (const name of names) {
    const server = createServer({ cert: certificate, key }, (request, response) => {
      calls.push(callOf(name, request, proxied.has(request.socket.remotePort ?? 0)));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [], major: '1', minor: '37' }));
    });
    servers.set(name, await listening(server));
  }
  const portOf = (name: string) => ((servers.get(name) as Server).address() as AddressInfo).port;
  const proxy = await listening(proxyTo(portOf, proxied));
  return {
    authority,
    urlOf: (name) => `https://127.0.0.1:${portOf(name)}`,
    proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    firstCall: () => calls.splice(0)[0],
    stop: async () => {
      for (const server of [proxy, ...servers.values()]) await stopped(server);
    },
  };
}

function proxyTo(portOf: (name: string) => number, proxied: Set<number>): Server {
  const server = createHttpServer();
  server.on('connect', (request, client) => {
    const tunnel = connect(portOf((request.url ?? '').split('.')[0] ?? ''), '127.0.0.1', () => {
      proxied.add(tunnel.localPort ?? 0);
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(tunnel).pipe(client);
    });
    for (const end of [client, tunnel]) end.on('error', () => [client, tunnel].map((socket) => socket.destroy()));
  });
  return server;
}

function callOf(endpoint: string, { headers }: IncomingMessage, isProxied: boolean): SeenCall {
  const impersonates = Object.entries(headers).filter(([name]) => name.startsWith('impersonate-'));
  return {
    endpoint,
    authorization: headers.authorization,
    impersonates: Object.fromEntries(impersonates.map(([name, value]) => [name, String(value)])),
    isProxied,
  };
}

/** A server on loopback, once it listens. */
export function listening<Kind extends NetServer>(server: Kind): Promise<Kind> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  OPEN.set(server, sockets);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const OPEN = new WeakMap<NetServer, Set<Socket>>();

/** Ends a server of {@link listening} and every connection to it. */
export async function stopped(server: NetServer): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of OPEN.get(server) ?? []) socket.destroy();
  await closed;
}
