import { createServer } from 'node:net';
import { EndedEarly } from './while-running.ts';

const ATTEMPTS = 3;

/** Starts again, with other ports, what lost a port to another program between its choice and its use. */
export async function retryLostPorts<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      // etcd and the Kubernetes programs say "address already in use", our server "it is already in use".
      const lost = error instanceof EndedEarly && /already in use|EADDRINUSE/.test(error.log);
      if (!lost || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Loopback ports that were free a moment ago; all are held open until the last one is known, so they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
