// Nodes without a kubelet, and tokens of pods that are bound to them, on the real API server.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { outputOf } from '../../tools/process/run.ts';
import { apiClient } from './api-client.ts';
import type { Cluster } from './cluster.ts';
import { createNodes } from './nodes.ts';

/** A Node, as far as the tests read it. */
export interface Node {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly taints?: readonly { readonly key: string }[] };
}

type Labels = Readonly<Record<string, string>>;

/** Creates a ready node that none of the other tests' pods can be put on; it goes when the test ends. */
export async function createNode({ kubeconfig }: Cluster, labels: Labels = {}): Promise<string> {
  const name = `node-${randomUUID().slice(0, 8)}`;
  onTestFinished(await createNodes(apiClient(kubeconfig), { [name]: labels }));
  return name;
}

/** A token of a ServiceAccount; with `node`, of a pod that is bound to that node. */
export async function tokenOf(
  { kubectl, apply, get }: Cluster,
  account: { readonly namespace: string; readonly name: string },
  node?: string,
): Promise<string> {
  const args = ['create', 'token', account.name, '--namespace', account.namespace];
  if (node === undefined) return outputOf(await kubectl(args)).trim();
  const name = `agent-${randomUUID().slice(0, 8)}`;
  const metadata = { name, namespace: account.namespace };
  const containers = [{ name: 'agent', image: 'busybox' }];
  const spec = { serviceAccountName: account.name, nodeName: node, containers };
  outputOf(await apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec }));
  const pod = (await get('pod', name, '--namespace', account.namespace)) as { metadata: { uid: string } };
  const bound = ['--bound-object-kind=Pod', `--bound-object-name=${name}`, `--bound-object-uid=${pod.metadata.uid}`];
  return outputOf(await kubectl([...args, ...bound])).trim();
}

/** A kubeconfig file for that token; it goes when the test ends. `server` stands in for the API server's own URL. */
export function kubeconfigWith({ kubeconfig }: Cluster, token: string, server?: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'prepared-nodes-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const config = parse(readFileSync(kubeconfig, 'utf8'));
  config.users[0].user = { token };
  if (server !== undefined) config.clusters[0].cluster.server = server;
  const file = join(directory, 'kubeconfig');
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

/** The URL of the API server. */
export function serverOf({ kubeconfig }: Cluster): URL {
  return new URL(parse(readFileSync(kubeconfig, 'utf8')).clusters[0].cluster.server);
}
