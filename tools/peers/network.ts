import { spawnSync } from 'node:child_process';
import { SERVICE_RANGE } from '../control-plane/components.ts';
import { apart } from '../process/namespaces.ts';

/**
 * A command line that runs a program in a network of its own in which the address of every Service is local: whoever
 * listens there answers for the Service, without kube-proxy, and the API server calls the chart's Service as it is.
 */
export function withServices(command: readonly string[]): [string, string[]] {
  const script = `ip link set lo up && ip route add local ${SERVICE_RANGE} dev lo && "$@"; exit $?`;
  return apart(['/bin/sh', '-c', script, 'sh', ...command], { network: true });
}

/** Why such a network cannot be made here; undefined when it can. One line, for logs. */
export function whyNotHere(): string | undefined {
  if (process.platform !== 'linux') return `it needs Linux, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'it needs root, for a network namespace';
  const [command, args] = withServices(['true']);
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error === undefined && status === 0) return undefined;
  const reason = error?.message ?? stderr.trim().replaceAll('\n', '; ');
  return `a network namespace cannot be made (it takes unshare and ip, of util-linux and iproute2): ${reason}`;
}
