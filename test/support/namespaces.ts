import { randomUUID } from 'node:crypto';
import { eventually } from '../../tools/process/eventually.ts';
import { type ApiAnswer, type ApiClient, refusalOf } from './api-client.ts';

const SECONDS = 20;

/** A generous ResourceQuota: it refuses no amount, but a container that states none. */
export const QUOTA = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'generous' },
  spec: {
    hard: { 'requests.cpu': '1k', 'requests.memory': '10Ti', 'limits.cpu': '1k', 'limits.memory': '10Ti' },
  },
};

/** A LimitRange with a default for every container, and a minimum and a maximum that no reasonable one meets. */
export const LIMIT_RANGE = {
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'generous' },
  spec: {
    limits: [
      {
        type: 'Container',
        min: { cpu: '1m', memory: '4Mi' },
        max: { cpu: '200', memory: '2000Gi' },
        default: { cpu: '2', memory: '4Gi' },
        defaultRequest: { cpu: '100m', memory: '128Mi' },
      },
    ],
  },
};

/** Creates a namespace with a name of its own, and waits until pods can be created there and its quota counts. */
export async function createNamespaceWith(
  client: ApiClient,
  labels: Readonly<Record<string, string>>,
  objects: readonly (typeof QUOTA | typeof LIMIT_RANGE)[] = [],
): Promise<string> {
  const name = `test-${randomUUID().slice(0, 13)}`;
  const path = `/api/v1/namespaces/${name}`;
  created(await client.send('POST', '/api/v1/namespaces', { metadata: { name, labels } }));
  // The controller manager makes it as well, but only a few in a second.
  await client.send('POST', `${path}/serviceaccounts`, { metadata: { name: 'default' } });
  for (const object of objects) {
    created(await client.send('POST', `${path}/${object.kind.toLowerCase()}s`, object));
    if (object.kind === 'ResourceQuota') await untilEnforced(client, `${path}/resourcequotas/${object.metadata.name}`);
  }
  return name;
}

async function untilEnforced(client: ApiClient, quota: string): Promise<void> {
  const look = async () => {
    const { body } = await client.send('GET', quota);
    if (JSON.stringify(body.status ?? {}) === '{}') throw new Error('its status is empty');
  };
  await eventually(`waiting for ${quota}`, look, { seconds: SECONDS });
}

function created(answer: ApiAnswer): void {
  if (answer.status !== 201) throw new Error(`${answer.status}: ${refusalOf(answer)}`);
}
