// Another webhook that wants its init container first, as service meshes and secret injectors do.
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { get, type JsonObject, objects } from '../../src/core/json.ts';
import { createAuthority } from '../../tools/control-plane/certificate.ts';

/** The name of the init container that the other webhook inserts at index 0. */
export const OTHER = 'other-injector';

/** A running injector. */
export interface Injector {
  /** The configuration that registers it for one namespace; webhooks are called in the order of these names. */
  configuration(name: string, namespace: string): object;
  stop(): void;
}

/** Starts an injector on loopback. */
export async function startInjector(): Promise<Injector> {
  const authority = await createAuthority('other injector');
  const { certificate: cert, key } = await authority.issue();
  const server = createServer({ cert, key }, async (request, response) => {
    const review = await json(request);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answerTo(review)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  return {
    configuration: (name, namespace) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name },
      webhooks: [{ ...ENTRY, clientConfig: { url, caBundle }, namespaceSelector: only(namespace) }],
    }),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const ENTRY = {
  name: 'injector.other.example',
  rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
  reinvocationPolicy: 'IfNeeded',
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};

function only(namespace: string): object {
  return { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
}

function answerTo(review: unknown): object {
  const request = get(review, 'request');
  const present = objects(get(get(request, 'object'), 'spec'), 'initContainers');
  const inserted: JsonObject = { name: OTHER, image: 'busybox:1.37.0' };
  const patch =
    present.length === 0
      ? [{ op: 'add', path: '/spec/initContainers', value: [inserted] }]
      : [{ op: 'add', path: '/spec/initContainers/0', value: inserted }];
  const change = { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
  const response = {
    uid: get(request, 'uid'),
    allowed: true,
    ...(!present.some(({ name }) => name === OTHER) && change),
  };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}
