import type { Server } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connections } from './connections.ts';

/** What a drain works with. */
export interface DrainOptions {
  readonly server: Server;
  readonly connections: Connections;
  /** Reviews in progress. */
  readonly inProgress: () => number;
  /** How long to go on answering, in milliseconds: until then the endpoint is gone from every API server's view. */
  readonly answerFor: number;
  /** How long reviews in progress may take after that, in milliseconds. */
  readonly finishWithin: number;
}

/**
 * Lets clients leave before the port closes. The caller makes every answer carry `Connection: close` meanwhile;
 * refusing instead, or closing at once, costs pods their patch.
 */
export async function drain({ server, connections, inProgress, answerFor, finishWithin }: DrainOptions): Promise<void> {
  await sleep(answerFor);
  const closed = new Promise((resolve) => server.close(resolve));
  const deadline = performance.now() + finishWithin;
  while (inProgress() > 0 && performance.now() < deadline) await sleep(20);
  // What is left now never sent a request, or not a whole one.
  for (const connection of connections.open()) connection.destroy();
  await closed;
}
