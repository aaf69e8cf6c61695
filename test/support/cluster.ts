// The real API server that test/cluster/setup.ts started, for the tests under test/cluster. In such a test:
//
//   const { available, kubectl } = cluster();
//   describe.skipIf(!available)('...', () => { ... });
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type AuditEvent, auditEvents } from '../../tools/control-plane/audit.ts';
import { type Kubectl, kubectlFor } from '../../tools/control-plane/kubectl.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf, type Result } from '../../tools/process/run.ts';
import { startSupervisor } from '../../tools/process/supervisor.ts';
import { renderWebhookConfigurations, type WebhookConfiguration } from '../../tools/webhook/configuration.ts';
import { register, unregister } from '../../tools/webhook/register.ts';
import { startWebhookServer, type WebhookServer } from '../../tools/webhook/server.ts';
import type { ClusterBinaries } from './provided.ts';

/** How a test wants the webhook. */
export interface WebhookOptions {
  /** Merged into the server's configuration file: `{mode: 'observe'}`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Chart values as `--set` takes them: `webhook.failurePolicy=Fail`. */
  readonly set?: readonly string[];
  /** Files of chart values: a preset. Their `config` is not handed to the server. */
  readonly values?: readonly string[];
  /** The helm release; another name lets two webhooks live at a time. */
  readonly release?: string;
  /** A last change to the configuration before it is registered. */
  readonly change?: (configuration: WebhookConfiguration) => WebhookConfiguration;
  /** A namespace whose pods the webhook sees, when it does not see those of `default`. */
  readonly probeNamespace?: string;
}

/** A webhook that the API server calls. */
export interface RegisteredWebhook extends WebhookServer {
  readonly configuration: WebhookConfiguration;
  /** Takes the configuration away and ends the server. */
  stop(): Promise<void>;
}

/** A client of the real API server. */
export interface Cluster {
  /** False where no control plane can be had: the tests are to be skipped then. */
  readonly available: boolean;
  /** Such as v1.37.2. */
  readonly version: string;
  readonly kubeconfig: string;
  /** The paths of the programs. */
  readonly binaries: ClusterBinaries;
  readonly kubectl: Kubectl;
  /** `kubectl apply` of objects. */
  apply(...objects: readonly object[]): Promise<Result>;
  /** `kubectl get -o json`; throws when the object is not there. */
  get(...args: readonly string[]): Promise<unknown>;
  /** A namespace with a name of its own, ready for pods. */
  createNamespace(labels?: Readonly<Record<string, string>>): Promise<string>;
  /** The audit event of the request that created (or would have created) a pod. */
  creationOf(pod: string): Promise<AuditEvent>;
  /** Runs dist/server.js and registers it with the chart's configuration. */
  startWebhook(options?: WebhookOptions): Promise<RegisteredWebhook>;
}

const SECONDS = 20;

/** A client for the control plane of this run. */
export function cluster(): Cluster {
  const { available, version, kubeconfig, auditLog, directory, binaries } = inject('controlPlane');
  const kubectl = kubectlFor(binaries.kubectl, kubeconfig, join(directory, 'kubectl-cache'));
  return {
    available,
    version,
    kubeconfig,
    binaries,
    kubectl,
    apply: (...items) => apply(kubectl, ...items),
    get: async (...args) => JSON.parse(outputOf(await kubectl(['get', ...args, '-o', 'json']))),
    createNamespace: (labels = {}) => createNamespace(kubectl, labels),
    creationOf: (pod) => creationOf(auditLog, pod),
    startWebhook: (options = {}) => startWebhook({ kubectl, auditLog }, binaries.helm, options),
  };
}

function apply(kubectl: Kubectl, ...items: readonly object[]): Promise<Result> {
  return kubectl(['apply', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
}

async function createNamespace(kubectl: Kubectl, labels: Readonly<Record<string, string>>): Promise<string> {
  const name = `test-${randomUUID().slice(0, 13)}`;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
  outputOf(await kubectl(['create', '-f', '-'], { input: JSON.stringify(namespace) }));
  // Pods are refused until the controller manager has made it.
  const account = async () => outputOf(await kubectl(['get', 'serviceaccount', 'default', '--namespace', name]));
  await eventually(`waiting for the ServiceAccount of ${name}`, account, { seconds: SECONDS });
  return name;
}

async function creationOf(auditLog: string, pod: string): Promise<AuditEvent> {
  const find = async () => {
    const event = (await auditEvents(auditLog, 'pods', pod)).find(({ verb }) => verb === 'create');
    if (event === undefined) throw new Error('there is none');
    return event;
  };
  return eventually(`waiting for the audit event of pod ${pod}`, find, { seconds: SECONDS });
}

/** The same on another control plane than the tests' own. */
export async function startWebhook(
  registrar: { kubectl: Kubectl; auditLog: string },
  helm: string,
  {
    config,
    set = [],
    values = [],
    release = 'max-map-count-webhook',
    change = (same) => same,
    probeNamespace,
  }: WebhookOptions,
): Promise<RegisteredWebhook> {
  const supervisor = await startSupervisor();
  try {
    const server = await startWebhookServer(supervisor, config);
    const { url, authority } = server;
    const options = { helm, url, authority: authority.certificate, set, values, release };
    const [pods, ...others] = await renderWebhookConfigurations(options);
    if (pods === undefined) throw new Error('the chart renders no MutatingWebhookConfiguration');
    const configuration = change(pods);
    for (const other of others) outputOf(await apply(registrar.kubectl, other));
    await register(registrar, configuration, probeNamespace);
    const stop = async () => {
      for (const { kind, metadata } of others) outputOf(await registrar.kubectl(['delete', kind, metadata.name]));
      await unregister(registrar, configuration.metadata.name, probeNamespace);
      await supervisor.stop();
    };
    return { ...server, configuration, stop };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}
