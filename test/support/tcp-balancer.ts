import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP balancer, which knows nothing of HTTP or TLS, as kube-proxy does not. */
export interface Balancer {
  readonly url: string;
  /** From now on new connections go to these ports in turn; those that are open stay. */
  setTargets(ports: readonly number[]): void;
  close(): Promise<void>;
}

/** Starts a balancer; by default on a free port of loopback. */
export async function startBalancer(
  ports: readonly number[],
  address: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let targets = ports;
  let turn = 0;
  const server = createServer((client) => {
    turn += 1;
    const upstream = connect({ host: '127.0.0.1', port: targets[turn % targets.length] ?? 0 });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy()).once('close', () => sockets.delete(socket));
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://${address.host}:${port}`,
    setTargets: (next) => {
      targets = next;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
