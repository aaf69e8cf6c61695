import { auditEvents, wasCalled } from '../control-plane/audit.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { eventually } from '../process/eventually.ts';
import { outputOf } from '../process/run.ts';
import type { WebhookConfiguration } from './configuration.ts';

/** What registering needs of a control plane. */
export type Registrar = Pick<ControlPlane, 'kubectl' | 'auditLog'>;

const SECONDS = 20;

/**
 * Registers a webhook configuration and waits until the API server acts on it, which is some time after it has stored
 * it: pods of the probe's namespace must reach the webhook.
 */
export async function register(
  registrar: Registrar,
  configuration: WebhookConfiguration,
  probeNamespace = 'default',
): Promise<void> {
  const { name } = configuration.metadata;
  outputOf(await registrar.kubectl(['apply', '-f', '-'], { input: JSON.stringify(configuration) }));
  await untilCalled(registrar, name, probeNamespace, true);
}

/** Removes a webhook configuration and waits until the API server no longer calls it. */
export async function unregister(registrar: Registrar, name: string, probeNamespace = 'default'): Promise<void> {
  outputOf(await registrar.kubectl(['delete', 'mutatingwebhookconfiguration', name]));
  await untilCalled(registrar, name, probeNamespace, false);
}

async function untilCalled(registrar: Registrar, name: string, namespace: string, expected: boolean): Promise<void> {
  const what = `waiting until the API server ${expected ? 'calls' : 'forgets'} ${name}`;
  const probe = async () => {
    if ((await isCalled(registrar, name, namespace)) !== expected) {
      throw new Error(`a dry run of a pod in namespace ${namespace} shows otherwise`);
    }
  };
  await eventually(what, probe, { seconds: SECONDS });
}

/** Asks for a pod that the webhook must look at, as a dry run, and reads in the audit log who was called for it. */
async function isCalled({ kubectl, auditLog }: Registrar, configuration: string, namespace: string): Promise<boolean> {
  const pod = `probe-${crypto.randomUUID()}`;
  const image = 'docker.elastic.co/elasticsearch/elasticsearch:9.0.0';
  const args = ['run', pod, '--namespace', namespace, '--image', image, '--dry-run=server'];
  outputOf(await kubectl(args));
  const event = await eventually(
    'waiting for the audit log',
    async () => {
      const [first] = await auditEvents(auditLog, 'pods', pod);
      if (first === undefined) throw new Error(`no event about pod ${pod}`);
      return first;
    },
    { seconds: SECONDS },
  );
  return wasCalled(event, configuration);
}
