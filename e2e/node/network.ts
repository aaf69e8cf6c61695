import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVICE_ADDRESS } from '../../tools/control-plane/components.ts';
import { outputOf, run } from '../../tools/process/run.ts';

/** The node's address, where the API server finds its kubelet and its pods find the API server. */
export const NODE_ADDRESS = '10.85.0.1';

const BRIDGE = 'pods0';
const SUBNET = '10.85.0.0/16';

/**
 * Makes the bridge that pods are plugged into, and puts the address of the Service `kubernetes` on loopback: without
 * kube-proxy nobody else answers there. Only to be called in a network namespace of our own.
 */
export async function setUpNetwork(): Promise<void> {
  const ip = async (...args: string[]) => outputOf(await run('ip', args));
  await ip('link', 'set', 'lo', 'up');
  await ip('address', 'add', `${SERVICE_ADDRESS}/32`, 'dev', 'lo');
  await ip('link', 'add', BRIDGE, 'type', 'bridge');
  await ip('address', 'add', `${NODE_ADDRESS}/16`, 'dev', BRIDGE);
  await ip('link', 'set', BRIDGE, 'up');
}

/** Writes the CNI configuration of the bridge into a directory; addresses that are given out are noted there, too. */
export async function writeNetworkConfiguration(directory: string): Promise<void> {
  const configuration = {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: BRIDGE,
        isGateway: true,
        ipam: {
          type: 'host-local',
          dataDir: join(directory, 'addresses'),
          ranges: [[{ subnet: SUBNET, gateway: NODE_ADDRESS }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
  await writeFile(join(directory, '10-pods.conflist'), JSON.stringify(configuration));
}
