import { get, objects, text } from '../core/json.ts';
import { certificatesIn } from '../input/pem.ts';
import type { Kube, KubeAnswer } from '../kube.ts';
import { bundleOf, readStored, type Stored, versionOf, writeStored } from './stored.ts';

/** The one Secret and the webhook configurations that a rotation is about. */
export interface Place {
  readonly kube: Kube;
  readonly namespace: string;
  readonly secret: string;
  readonly configurations: readonly string[];
}

/** What the Secret holds, and which version of it. */
export interface Read {
  readonly stored: Stored;
  readonly version: string;
}

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const MANAGER = 'fieldManager=max-map-count-rotate';

/** Reads the Secret. */
export async function readSecret(place: Place): Promise<Read> {
  const { body } = accepted(await place.kube.send({ path: secretPath(place) }), `Secret ${nameOf(place)}`);
  return { stored: readStored(get(body, 'data')), version: versionOf(body) };
}

/** Writes the Secret, unless somebody else has written it meanwhile. */
export async function writeSecret(place: Place, { version }: Read, stored: Stored): Promise<Read> {
  const answer = await place.kube.send({
    method: 'PATCH',
    path: `${secretPath(place)}?${MANAGER}`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { resourceVersion: version }, data: writeStored(stored) },
  });
  return { stored, version: versionOf(accepted(answer, `Secret ${nameOf(place)}`).body) };
}

/** Makes the API server trust exactly these authorities; gives the names of the configurations that it had to change. */
export async function trust({ kube, configurations }: Place, authorities: readonly string[]): Promise<string[]> {
  const caBundle = Buffer.from(bundleOf(authorities)).toString('base64');
  const changed: string[] = [];
  for (const name of configurations) {
    const path = `${CONFIGURATIONS}/${name}`;
    const what = `MutatingWebhookConfiguration ${name}`;
    const { body } = accepted(await kube.send({ path }), what);
    const entries = objects(body, 'webhooks');
    if (entries.every((entry) => text(get(entry, 'clientConfig'), 'caBundle') === caBundle)) continue;
    const patch = [
      { op: 'test', path: '/metadata/resourceVersion', value: versionOf(body) },
      ...entries.map((_, index) => ({ op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value: caBundle })),
    ];
    const contentType = 'application/json-patch+json';
    accepted(await kube.send({ method: 'PATCH', path: `${path}?${MANAGER}`, contentType, body: patch }), what);
    changed.push(name);
  }
  return changed;
}

/** What the API server trusts now, in the first configuration that trusts anything; each once. */
export async function trustedNow({ kube, configurations }: Place): Promise<string[]> {
  for (const name of configurations) {
    const { body } = accepted(
      await kube.send({ path: `${CONFIGURATIONS}/${name}` }),
      `MutatingWebhookConfiguration ${name}`,
    );
    const bundles = objects(body, 'webhooks').map((entry) => text(get(entry, 'clientConfig'), 'caBundle') ?? '');
    const found = bundles.flatMap((bundle) => certificatesIn(Buffer.from(bundle, 'base64').toString()));
    if (found.length > 0) return [...new Set(found)];
  }
  return [];
}

function secretPath({ namespace, secret }: Place): string {
  return `/api/v1/namespaces/${namespace}/secrets/${secret}`;
}

function nameOf({ namespace, secret }: Place): string {
  return `${namespace}/${secret}`;
}

function accepted(answer: KubeAnswer, what: string): KubeAnswer {
  if (answer.status < 300) return answer;
  throw new Error(`${what}: ${text(answer.body, 'message') ?? 'no reason given'} (${answer.status})`);
}
