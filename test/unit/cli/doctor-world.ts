// A cluster that answers from objects, for tests of `doctor`.
import { get, type JsonObject, textMap } from '../../../src/core/json.ts';
import { selects } from '../../../src/core/label-selector.ts';
import type { Kube, KubeAnswer, KubeRequest } from '../../../src/kube.ts';

/** What is in the cluster; what is left out is empty. */
export interface World {
  readonly configurations?: readonly object[];
  /** Their labels, by name; `search` alone when left out. */
  readonly namespaces?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly nodes?: readonly object[];
  readonly pods?: readonly object[];
  /** Of version v1beta1. */
  readonly policies?: readonly object[];
  readonly configmaps?: readonly object[];
  readonly events?: readonly object[];
  /** Ready endpoints, by `namespace/service`. */
  readonly endpoints?: Readonly<Record<string, number>>;
  /** What a dry run of a pod answers, in every namespace or by namespace. */
  readonly probe?: Partial<KubeAnswer> | ((namespace: string) => Partial<KubeAnswer>);
  /** By pod and container: `es-0/es`. */
  readonly logs?: Readonly<Record<string, string>>;
  /** What the API server answers 403 to. */
  readonly forbidden?: RegExp;
  /** What it answers 500 to. */
  readonly broken?: RegExp;
}

/** A connection to such a cluster, which remembers what it was asked. */
export function worldKube(world: World): Kube & { readonly asked: KubeRequest[] } {
  const asked: KubeRequest[] = [];
  return {
    context: 'production',
    server: 'https://203.0.113.10:6443',
    namespace: 'search',
    asked,
    send: async (request) => {
      asked.push(request);
      return { status: 200, body: {}, warnings: [], ...answer(world, request) };
    },
  };
}

function answer(world: World, { path, method = 'GET' }: KubeRequest): Partial<KubeAnswer> {
  const url = new URL(path, 'https://any');
  const isAsked = (pattern: RegExp | undefined) => pattern?.test(`${method} ${url.pathname}`) === true;
  if (isAsked(world.forbidden)) return refusal(403, 'User "nobody" cannot create resource "pods" in API group ""');
  if (isAsked(world.broken)) return refusal(500, 'etcdserver: request timed out');
  const parts = url.pathname.split('/').filter((part) => part !== 'api' && part !== 'apis');
  const namespace = /\/namespaces\/([^/]+)\//.exec(url.pathname)?.[1];
  if (method === 'POST') return typeof world.probe === 'function' ? world.probe(namespace ?? '') : (world.probe ?? {});
  const labels = new Map((url.searchParams.get('labelSelector') ?? '').split(',').flatMap(equation));
  switch (parts.at(-1)) {
    case 'mutatingwebhookconfigurations':
      return list(world.configurations);
    case 'mutatingadmissionpolicies':
      return parts.includes('v1beta1') ? list(world.policies) : refusal(404, 'the server could not find the resource');
    case 'nodes':
      return list(world.nodes);
    case 'namespaces':
      return list(Object.keys(namespacesOf(world)).map((name) => namespaceOf(world, name)));
    case 'endpointslices':
      return list(slices(world, `${namespace}/${labels.get('kubernetes.io/service-name')}`));
    case 'log':
      return log(world, `${parts.at(-2)}/${url.searchParams.get('container')}`);
    case 'pods':
    case 'configmaps':
    case 'events':
      return list(
        world[parts.at(-1) as 'pods' | 'configmaps' | 'events']?.filter((object) => {
          const metadata = get(object, 'metadata');
          const isThere = namespace === undefined || get(metadata, 'namespace') === namespace;
          return isThere && selects({ matchLabels: Object.fromEntries(labels) }, textMap(metadata, 'labels'));
        }),
      );
    case 'version':
      return { body: { gitVersion: 'v1.37.2' } };
    default:
      return { body: namespaceOf(world, parts.at(-1) ?? '') };
  }
}

function equation(text: string): [string, string][] {
  const [key = '', value] = text.split('=');
  return value === undefined ? [] : [[key, value]];
}

function refusal(status: number, message: string): Partial<KubeAnswer> {
  return { status, body: { kind: 'Status', message } };
}

function list(items: readonly object[] = []): Partial<KubeAnswer> {
  return { body: { items, metadata: {} } };
}

function log({ logs = {} }: World, key: string): Partial<KubeAnswer> {
  const body = logs[key];
  return body === undefined ? refusal(400, 'previous terminated container not found') : { body };
}

function slices({ endpoints = {} }: World, key: string): object[] {
  const ready = { conditions: { ready: true } };
  return [{ endpoints: Array.from({ length: endpoints[key] ?? 0 }, () => ready) }];
}

function namespacesOf({ namespaces = { search: {} } }: World): NonNullable<World['namespaces']> {
  return namespaces;
}

function namespaceOf(world: World, name: string): JsonObject {
  const labels = { 'kubernetes.io/metadata.name': name, ...namespacesOf(world)[name] };
  return { metadata: { name, labels } };
}
