// The pod of `helm test` without a node to run it: its script, run here with the pod's own token.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Kubectl } from '../../tools/control-plane/kubectl.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf, type Result, run } from '../../tools/process/run.ts';

const SECONDS = 30;
const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';
const VALUE = '/proc/sys/vm/max_map_count';

interface Variable {
  readonly name: string;
  readonly value?: string;
}

interface ProbePod {
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly { readonly command: readonly string[]; readonly env: readonly Variable[] }[];
  };
}

/** Where the test's pod is, and what its node is like. */
export interface HelmTestPod {
  readonly kubectl: Kubectl;
  readonly name: string;
  readonly namespace: string;
  /** A directory for the token. */
  readonly directory: string;
  /** The value of its node. */
  readonly value: number;
}

/** Plays the kubelet for one run of the test's pod, and gives what its container said. */
export async function runHelmTestPod(pod: HelmTestPod): Promise<Result> {
  const { kubectl, name, namespace } = pod;
  const read = async () =>
    JSON.parse(outputOf(await kubectl(['get', 'pod', name, '--namespace', namespace, '-o', 'json']))) as ProbePod;
  const { spec } = await eventually("waiting for the test's pod", read, { seconds: SECONDS });
  const result = await runScript(pod, spec);
  const status = JSON.stringify({ status: { phase: result.code === 0 ? 'Succeeded' : 'Failed' } });
  const patch = ['patch', 'pod', name, '--namespace', namespace, '--subresource=status', '--type=merge'];
  outputOf(await kubectl([...patch, '--patch', status]));
  return result;
}

async function runScript(pod: HelmTestPod, { serviceAccountName, containers }: ProbePod['spec']): Promise<Result> {
  const { kubectl, namespace, value } = pod;
  const account = join(pod.directory, 'account');
  const config = parse(outputOf(await kubectl(['config', 'view', '--raw'])));
  const { server, 'certificate-authority-data': authority } = config.clusters[0].cluster;
  await mkdir(account, { recursive: true });
  const token = outputOf(await kubectl(['create', 'token', serviceAccountName, '--namespace', namespace]));
  await writeFile(join(account, 'token'), token);
  await writeFile(join(account, 'ca.crt'), atob(authority));
  await writeFile(join(account, 'max_map_count'), `${value}\n`);
  const [container] = containers;
  const script = (container?.command.at(-1) ?? '').replace(TOKEN, account);
  const { hostname, port } = new URL(server);
  const env = {
    ...Object.fromEntries(
      (container?.env ?? []).map((variable) => [variable.name, variable.value ?? 'node-of-the-test']),
    ),
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
  };
  const here = script.replace(VALUE, join(account, 'max_map_count'));
  return run(process.execPath, ['--input-type=module', '--eval', here], { env });
}
