import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import type { Supervisor } from '../../tools/process/supervisor.ts';
import { whileRunning } from '../../tools/process/while-running.ts';
import type { Archive } from '../images/build.ts';
import { writeNetworkConfiguration } from './network.ts';

/** A running containerd. */
export interface Containerd {
  readonly socket: string;
  /** Loads an image under its name, for the kubelet to find. */
  load(image: Archive): Promise<void>;
}

const READY_SECONDS = 30;
/** Where Debian's containernetworking-plugins are. */
export const CNI_PLUGINS = '/usr/lib/cni';

/** Starts containerd with all its files in one directory. */
export async function startContainerd(supervisor: Supervisor, pauseImage: string): Promise<Containerd> {
  const directory = join(supervisor.directory, 'containerd');
  const networks = join(directory, 'cni');
  const socket = join(directory, 'containerd.sock');
  await mkdir(networks, { recursive: true });
  await writeNetworkConfiguration(networks);
  const config = join(directory, 'config.toml');
  await writeFile(config, configuration({ directory, networks, socket, pauseImage }));
  const containerd = await supervisor.start('containerd', 'containerd', ['--config', config]);
  const ctr = async (...args: string[]) =>
    outputOf(await run('ctr', ['--address', socket, '--namespace', 'k8s.io', ...args]));
  await whileRunning([containerd], (signal) =>
    eventually('waiting for containerd', () => ctr('version'), { seconds: READY_SECONDS, signal }),
  );
  return {
    socket,
    async load({ name, tag, file }) {
      await ctr('images', 'import', file);
      await ctr('images', 'tag', tag, nameInStore(name));
    },
  };
}

/** The name that a pod's image is looked up by: a tag beside a digest does not count. */
function nameInStore(image: string): string {
  return image.replace(/:[^:@/]+(?=@)/, '');
}

interface Places {
  readonly directory: string;
  readonly networks: string;
  readonly socket: string;
  readonly pauseImage: string;
}

/** restrict_oom_score_adj: not every root may make a process less likely to be killed than itself is. */
function configuration({ directory, networks, socket, pauseImage }: Places): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${directory}/root"
state = "${directory}/state"
[grpc]
  address = "${socket}"
[${cri}]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  disable_tcp_service = true
[${cri}.cni]
  bin_dir = "${CNI_PLUGINS}"
  conf_dir = "${networks}"
`;
}
