import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ControlPlane, User } from '../../tools/control-plane/control-plane.ts';
import { kubeconfig } from '../../tools/control-plane/kubeconfig.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { whileRunning } from '../../tools/process/while-running.ts';
import { NODE_ADDRESS } from './network.ts';

/** What a kubelet needs. */
export interface KubeletOptions {
  readonly controlPlane: ControlPlane;
  /** The path of the program. */
  readonly kubelet: string;
  /** Who the kubelet is to the API server. */
  readonly user: User;
  readonly nodeName: string;
  readonly containerdSocket: string;
  /** The cgroup, as a path below every hierarchy's root, that all pods live in. */
  readonly cgroup: string;
}

const READY_SECONDS = 60;

/** Starts a kubelet and waits until its node is ready for pods. */
export async function startKubelet(options: KubeletOptions): Promise<void> {
  const { controlPlane, kubelet, user, nodeName } = options;
  const { supervisor, kubectl, url, authority } = controlPlane;
  const directory = join(supervisor.directory, 'kubelet');
  await mkdir(directory);
  const access = join(directory, 'kubeconfig');
  const config = join(directory, 'config.yaml');
  await writeFile(access, kubeconfig({ url, authority, token: user.token }), { mode: 0o600 });
  await writeFile(config, stringify(configuration(options, directory)));
  const args = [
    ...[`--config=${config}`, `--kubeconfig=${access}`, `--root-dir=${join(directory, 'root')}`],
    ...[
      `--hostname-override=${nodeName}`,
      `--node-ip=${NODE_ADDRESS}`,
      `--cert-dir=${join(directory, 'certificates')}`,
    ],
  ];
  const running = await supervisor.start('kubelet', kubelet, args);
  const isReady = async () =>
    outputOf(await kubectl(['wait', '--for=condition=Ready', '--timeout=1s', `node/${nodeName}`]));
  await whileRunning([running], (signal) =>
    eventually(`waiting for node ${nodeName}`, isReady, { seconds: READY_SECONDS, signal }),
  );
}

/** The defaults, but for what a throwaway node on a machine of unknown make needs. */
function configuration({ containerdSocket, cgroup }: KubeletOptions, directory: string) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: cgroup,
    failCgroupV1: false,
    failSwapOn: false,
    // Between two looks a container that crashed is shown as terminated, which takes a minute by default.
    syncFrequency: '5s',
    // A laptop's disk is often fuller than the kubelet likes: no pod is to be evicted and no image removed for it.
    evictionHard: {},
    imageGCHighThresholdPercent: 100,
    localStorageCapacityIsolation: false,
    podLogsDir: join(directory, 'pod-logs'),
    // Only the API server and this machine's root can reach the network namespace.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
  };
}
