// Another webhook that wants its init container first, as service meshes and secret injectors do.
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { get, type JsonObject, objects } from '../../src/core/json.ts';
import { createAuthority } from '../../tools/control-plane/certificate.ts';

/** The name of the init container that the other webhook inserts at index 0. */
export const OTHER = 'other-injector';

/** How an injector treats init containers. */
export interface Manner {
  readonly own: readonly JsonObject[];
  readonly place: 'first' | 'last';
  /** Whether it puts its own back into their place when it is called again. */
  readonly moves: boolean;
  readonly reinvocationPolicy: 'IfNeeded' | 'Never';
  /** The image that it gives to the first container, as webhooks for private registries do. */
  readonly image?: string;
}

const IMAGE = 'busybox:1.37.0';
const PLAIN: Manner = {
  own: [{ name: OTHER, image: IMAGE }],
  place: 'first',
  moves: false,
  reinvocationPolicy: 'IfNeeded',
};

/**
 * Istio with native sidecars: its init containers go before all others whenever it is called.
 * https://github.com/istio/istio/blob/master/pkg/kube/inject/webhook.go (reorderPod)
 */
export const ISTIO: Omit<Manner, 'reinvocationPolicy'> = {
  own: [
    { name: 'istio-init', image: IMAGE },
    { name: 'istio-proxy', image: IMAGE, restartPolicy: 'Always' },
  ],
  place: 'first',
  moves: true,
};

/**
 * Linkerd, which appends, and whose configuration does not say how often it wants to be called: once.
 * https://github.com/linkerd/linkerd2/blob/main/charts/patch/templates/patch.json
 */
export const LINKERD: Manner = {
  own: [{ name: 'linkerd-init', image: IMAGE }],
  place: 'last',
  moves: false,
  reinvocationPolicy: 'Never',
};

/** A webhook that gives a pod another image, and nothing else. */
export function renamer(image: string): Manner {
  return { own: [], place: 'last', moves: false, reinvocationPolicy: 'Never', image };
}

/** A running injector. */
export interface Injector {
  /** The configuration that registers it for one namespace; webhooks are called in the order of these names. */
  configuration(name: string, namespace: string): object;
  stop(): void;
}

/** Starts an injector on loopback. */
export async function startInjector(manner = PLAIN): Promise<Injector> {
  const authority = await createAuthority('other injector');
  const { certificate: cert, key } = await authority.issue();
  const server = createServer({ cert, key }, async (request, response) => {
    const review = await json(request);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answerTo(review, manner)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  return {
    configuration: (name, namespace) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name },
      webhooks: [
        {
          ...ENTRY,
          reinvocationPolicy: manner.reinvocationPolicy,
          clientConfig: { url, caBundle },
          namespaceSelector: only(namespace),
        },
      ],
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
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};

function only(namespace: string): object {
  return { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
}

function answerTo(review: unknown, { own, place, moves, image }: Manner): object {
  const request = get(review, 'request');
  const present = objects(get(get(request, 'object'), 'spec'), 'initContainers');
  const isOwn = ({ name }: JsonObject) => own.some((container) => container.name === name);
  const others = present.filter((container) => !isOwn(container));
  // What the API server has added to them in the meantime stays.
  const mine = own.map((container) => present.find(({ name }) => name === container.name) ?? container);
  const value = place === 'first' ? [...mine, ...others] : [...others, ...mine];
  const rename = image === undefined ? [] : [{ op: 'replace', path: '/spec/containers/0/image', value: image }];
  const patch = [{ op: 'add', path: '/spec/initContainers', value }, ...rename];
  const change = { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
  const isDone = !moves && present.some(isOwn);
  const response = { uid: get(request, 'uid'), allowed: true, ...(!isDone && change) };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}
