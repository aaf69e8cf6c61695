import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InFlight } from './in-flight.ts';

/** The open connections of a server, also those that Node's HTTP server does not know yet: the ones in the TLS handshake. */
export function trackConnections(server: Server): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return connections;
}

/** What a drain works with. */
export interface DrainOptions {
  readonly server: Server;
  readonly connections: ReadonlySet<Socket>;
  readonly inFlight: InFlight;
  /** How long to go on answering, in milliseconds: until then the endpoint is gone from every API server's view. */
  readonly answerFor: number;
  /** How long reviews in progress may take after that, in milliseconds. */
  readonly finishWithin: number;
}

/**
 * Lets clients leave before the port closes. The caller makes every answer carry `Connection: close` meanwhile;
 * refusing instead, or closing at once, costs pods their patch.
 */
export async function drain({ server, connections, inFlight, answerFor, finishWithin }: DrainOptions): Promise<void> {
  await sleep(answerFor);
  const closed = new Promise((resolve) => server.close(resolve));
  const deadline = performance.now() + finishWithin;
  while (inFlight.requests() > 0 && performance.now() < deadline) await sleep(20);
  // What is left now never sent a request, or not a whole one.
  for (const connection of connections) connection.destroy();
  await closed;
}
