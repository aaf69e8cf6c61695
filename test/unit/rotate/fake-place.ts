import { isObject, type JsonObject } from '../../../src/core/json.ts';
import type { Kube, KubeAnswer, KubeRequest } from '../../../src/kube.ts';
import type { Place } from '../../../src/rotate/cluster.ts';

/** A Secret and webhook configurations in memory, written as the API server writes them. */
export interface FakePlace extends Place {
  readonly secretData: () => Readonly<Record<string, string>>;
  readonly bundle: () => string;
  /** Every write so far, as `PATCH name`. */
  readonly writes: string[];
  /** Called before each request; may throw, as a process that is killed there. */
  onRequest: (request: KubeRequest) => void;
  /** What somebody else does. */
  readonly change: (object: 'secret' | 'configuration', edit: (object: JsonObject) => void) => void;
}

const NAMES = { secret: 'tls', configuration: 'zz-webhook' };

/** A place with an empty Secret, and a configuration of two entries that trusts nobody. */
export function fakePlace(): FakePlace {
  const entry = (name: string) => ({ name, clientConfig: { service: { name: 'x', namespace: 'y' } } });
  const stored: Record<string, JsonObject> = {
    [NAMES.secret]: { metadata: { resourceVersion: '1' } },
    [NAMES.configuration]: { metadata: { resourceVersion: '1' }, webhooks: [entry('privileged'), entry('restricted')] },
  };
  const writes: string[] = [];
  const objectOf = (name: string) => stored[name] ?? {};
  const bump = (object: JsonObject) => {
    if (!isObject(object.metadata)) throw new Error('no metadata');
    object.metadata.resourceVersion = String(Number(object.metadata.resourceVersion) + 1);
  };
  const place: FakePlace = {
    kube: { context: '', server: '', namespace: '', send: (request) => send(request) },
    namespace: 'system',
    secret: NAMES.secret,
    configurations: [NAMES.configuration],
    secretData: () => JSON.parse(JSON.stringify(objectOf(NAMES.secret).data ?? {})),
    bundle: () => bundleOf(objectOf(NAMES.configuration)),
    writes,
    onRequest: () => {},
    change: (object, edit) => {
      edit(objectOf(NAMES[object]));
      bump(objectOf(NAMES[object]));
    },
  };
  const send: Kube['send'] = async (request) => {
    place.onRequest(request);
    const name = (request.path.split('?')[0] ?? '').split('/').at(-1) ?? '';
    const object = stored[name];
    if (object === undefined) return answer(404, { message: `"${name}" not found` });
    if (request.method === undefined) return answer(200, object);
    const refused = Array.isArray(request.body) ? patchBundle(object, request.body) : mergeData(object, request.body);
    if (refused) return answer(409, { message: 'the object has been modified' });
    writes.push(`PATCH ${name}`);
    bump(object);
    return answer(200, object);
  };
  return place;
}

function bundleOf({ webhooks }: JsonObject): string {
  const entries = Array.isArray(webhooks) ? webhooks : [];
  const bundles = entries.map((entry) => {
    const config = isObject(entry) && isObject(entry.clientConfig) ? entry.clientConfig : {};
    return Buffer.from(String(config.caBundle ?? ''), 'base64').toString();
  });
  const [first = '', ...others] = bundles;
  if (others.some((other) => other !== first)) throw new Error('the entries trust different authorities');
  return first;
}

function mergeData(object: JsonObject, body: unknown): boolean {
  const { metadata, data } = body as { metadata: { resourceVersion: string }; data: Record<string, string | null> };
  if (isObject(object.metadata) && metadata.resourceVersion !== object.metadata.resourceVersion) return true;
  const merged = { ...(isObject(object.data) ? object.data : {}), ...data };
  object.data = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  return false;
}

function patchBundle(object: JsonObject, body: readonly unknown[]): boolean {
  const [test, ...adds] = body as readonly { path: string; value: string }[];
  if (isObject(object.metadata) && test?.value !== object.metadata.resourceVersion) return true;
  for (const { path, value } of adds) {
    const entry = Array.isArray(object.webhooks) ? object.webhooks[Number(path.split('/')[2])] : undefined;
    if (!isObject(entry) || !isObject(entry.clientConfig)) throw new Error(`no entry at ${path}`);
    entry.clientConfig.caBundle = value;
  }
  return false;
}

function answer(status: number, body: JsonObject): KubeAnswer {
  return { status, body: JSON.parse(JSON.stringify(body)), warnings: [] };
}
