import { get, isObject, type JsonObject, objects, text } from '../core/json.ts';
import { plain } from '../input/plain.ts';
import type { ClusterOptions, Kube } from '../kube.ts';
import { Failure } from './failure.ts';

/** Connects to the cluster; the client library is loaded here and nowhere else, since offline commands must start at once. */
export async function connect(options: ClusterOptions): Promise<Kube> {
  const { connectKube } = await import('../kube.ts');
  try {
    return connectKube(options);
  } catch (error) {
    throw new Failure(plain(error));
  }
}

/** The API server said no; the message is one line. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The answer's body; a status above 299 is thrown as a {@link Refusal}. */
export async function read(kube: Kube, path: string): Promise<unknown> {
  const { status, body } = await kube.send({ path });
  return answered(status, body);
}

function answered(status: number, body: unknown): unknown {
  if (status > 299) throw new Refusal(status, refusalText(status, body));
  return body;
}

/** What a refusal says, in one line. */
export function refusalText(status: number, body: unknown): string {
  if (status === 401) return 'the API server does not accept these credentials (401 Unauthorized): log in again';
  return text(body, 'message') ?? `the API server answered ${status}`;
}

const PAGE = 250;

/** The items of a list, page by page, at most `limit`, with `more` in the query. What is done with one page is done before the next is asked for. */
export async function* pages(
  kube: Kube,
  path: string,
  limit: number,
  more: Readonly<Record<string, string>> = {},
): AsyncGenerator<{ readonly items: JsonObject[]; readonly hasMore: boolean }> {
  let [next, count] = ['', 0];
  do {
    const bounds = { limit: String(Math.min(PAGE, limit)), ...(next && { continue: next }) };
    const query = new URLSearchParams({ ...more, ...bounds });
    const page = await readPage(kube, `${path}?${query}`);
    const items = objects(page, 'items').slice(0, limit - count);
    count += items.length;
    next = text(get(page, 'metadata'), 'continue') ?? '';
    yield { items, hasMore: next !== '' || items.length < objects(page, 'items').length };
  } while (next && count < limit);
}

// A list that takes longer than etcd keeps its past goes on with what is there now, as kubectl's does: the refusal says how.
async function readPage(kube: Kube, path: string): Promise<unknown> {
  const { status, body } = await kube.send({ path });
  const next = text(get(body, 'metadata'), 'continue');
  if (status !== 410 || !next) return answered(status, body);
  const query = new URLSearchParams(path.slice(path.indexOf('?') + 1));
  query.set('continue', next);
  return read(kube, `${path.slice(0, path.indexOf('?'))}?${query}`);
}

/** The items of a list, at most `limit`; `progress` hears how many there are while more are to come. */
export async function listAll(
  kube: Kube,
  path: string,
  { limit, labelSelector, progress }: { limit: number; labelSelector?: string; progress?: (count: number) => void },
): Promise<{ items: JsonObject[]; isCut: boolean }> {
  const all: JsonObject[] = [];
  let isCut = false;
  for await (const { items, hasMore } of pages(
    kube,
    path,
    limit,
    labelSelector === undefined ? {} : { labelSelector },
  )) {
    all.push(...items);
    isCut = hasMore;
    if (hasMore) progress?.(all.length);
  }
  return { items: all, isCut };
}

// What kubectl accepts for the kinds that make pods: path of the API group, plural, and the names for it.
const RESOURCES: readonly (readonly [string, string, readonly string[]])[] = [
  ['/api/v1', 'pods', ['pod', 'po']],
  ['/api/v1', 'replicationcontrollers', ['replicationcontroller', 'rc']],
  ['/apis/apps/v1', 'deployments', ['deployment', 'deploy']],
  ['/apis/apps/v1', 'statefulsets', ['statefulset', 'sts']],
  ['/apis/apps/v1', 'daemonsets', ['daemonset', 'ds']],
  ['/apis/apps/v1', 'replicasets', ['replicaset', 'rs']],
  ['/apis/batch/v1', 'jobs', ['job']],
  ['/apis/batch/v1', 'cronjobs', ['cronjob', 'cj']],
  ['/apis/elasticsearch.k8s.elastic.co/v1', 'elasticsearches', ['elasticsearch', 'es']],
  ['/apis/opensearch.org/v1', 'opensearchclusters', ['opensearchcluster']],
];

/** Reads the object that `NAME`, `pod/NAME`, `deployment/NAME`, ... names. */
export async function readNamed(kube: Kube, reference: string, namespace: string): Promise<JsonObject> {
  const [first = '', second] = reference.split('/');
  const [type, name] = second === undefined ? ['pod', first] : [first.toLowerCase().replace(/\..*/, ''), second];
  const resource = RESOURCES.find(([, plural, names]) => plural === type || names.includes(type));
  if (!resource || !name) {
    const known = RESOURCES.map(([, , [singular]]) => singular).join(', ');
    throw new Failure(`${reference}: write it as TYPE/NAME, with one of the types ${known}`);
  }
  const [group, plural] = resource;
  const path = `${group}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`;
  try {
    const object = await read(kube, path);
    if (!isObject(object)) throw new Error('the answer is no object');
    return object;
  } catch (error) {
    throw new Failure(`${reference}: ${plain(error)}`);
  }
}
