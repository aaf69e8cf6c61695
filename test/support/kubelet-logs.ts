// Plays the part of a kubelet that the API server asks for logs: a node on loopback whose containers have said what a test
// puts into their mouths.
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority } from '../../tools/control-plane/certificate.ts';
import { outputOf } from '../../tools/process/run.ts';
import type { Cluster } from './cluster.ts';

/** A node whose logs can be read. */
export interface LogNode {
  readonly name: string;
  /** Takes the node away and stops answering. */
  stop(): Promise<void>;
}

/** Registers a node; `logs` is by `namespace/pod/container`, and what is not there was never written. */
export async function startLogNode(
  { apply, kubectl }: Pick<Cluster, 'apply' | 'kubectl'>,
  name: string,
  logs: Readonly<Record<string, string>>,
): Promise<LogNode> {
  const authority = await createAuthority('kubelet');
  const { certificate, key } = await authority.issue({ names: [name] });
  const server = createServer({ cert: certificate, key }, ({ url = '' }, response) => {
    const container = /^\/containerLogs\/([^?]+)/.exec(url)?.[1] ?? '';
    const log = logs[container];
    response.writeHead(log === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(log ?? 'no such container');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  outputOf(await apply({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  outputOf(await kubectl(['patch', 'node', name, '--subresource=status', '-p', JSON.stringify({ status })]));
  return {
    name,
    async stop() {
      outputOf(await kubectl(['delete', 'node', name]));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
