import { randomBytes } from 'node:crypto';
import { type ControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { PAUSE } from '../images/images.ts';
import type { Provisions } from '../provisions.ts';
import { CGROUP } from '../sandbox/sandbox.ts';
import { startContainerd } from './containerd.ts';
import { startKubelet } from './kubelet.ts';
import { setUpNetwork } from './network.ts';

/** The name of the one node. */
const NODE = 'node-1';

/** Starts a cluster of one real node that has the images, and waits until pods can run. Only to be called in the sandbox. */
export async function startCluster({
  binaries,
  archives,
}: Pick<Provisions, 'binaries' | 'archives'>): Promise<ControlPlane> {
  await setUpNetwork();
  const user = { name: `system:node:${NODE}`, group: 'system:nodes', token: randomBytes(16).toString('hex') };
  const controlPlane = await startControlPlane({
    binaries,
    scheduler: true,
    // Pods are mounted below it until the sandbox ends.
    keepDirectory: true,
    // The port of the Service `kubernetes`, whose address the network has put on loopback.
    apiServerPort: 443,
    users: [user],
    apiServerFlags: [
      '--bind-address=0.0.0.0',
      // Without kube-proxy nobody answers at a Service's address: calls of webhooks go to its endpoints.
      '--enable-aggregator-routing=true',
      // Without DNS nobody knows the node's name: logs are asked for at its address.
      '--kubelet-preferred-address-types=InternalIP',
    ],
  });
  const containerd = await startContainerd(controlPlane.supervisor, PAUSE.name);
  for (const archive of archives) await containerd.load(archive);
  await startKubelet({
    controlPlane,
    kubelet: binaries.kubelet,
    user,
    nodeName: NODE,
    containerdSocket: containerd.socket,
    cgroup: `/${CGROUP}`,
  });
  return controlPlane;
}
