import { get, type JsonObject, text } from '../../core/json.ts';
import { plain } from '../../input/plain.ts';
import type { ClusterOptions, Kube } from '../../kube.ts';
import { connect, listAll, Refusal, read } from '../cluster.ts';
import { settingsFrom } from '../config-file.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { adviceFor } from './advice.ts';
import { factsFrom } from './facts.ts';
import { adviceText } from './text.ts';

/** The options of `advise`. */
export interface AdviseOptions extends ClusterOptions {
  readonly output: 'text' | 'json';
  /** The most pods to look at. */
  readonly limit: number;
  readonly config?: string;
}

/** Says what the cluster should do, from its nodes and pods; changes nothing. */
export async function advise(options: AdviseOptions, io: Io): Promise<number> {
  const settings = await settingsFrom(options.config);
  const kube = await connect(options);
  const nodes = await listed(kube, '/api/v1/nodes', ALL);
  const namespaces = await listedIfAllowed(kube, '/api/v1/namespaces');
  const pods = await listed(kube, '/api/v1/pods', options.limit);
  if (pods.isCut) io.stderr.write(`only the first ${options.limit} pods were looked at: raise --limit\n`);
  const facts = factsFrom({ nodes: nodes.items, pods: pods.items, namespaces }, settings);
  const advice = adviceFor(facts);
  if (options.output === 'json') {
    const { platform, ...others } = facts;
    const report = { advice, platform: platform?.title ?? null, ...others };
    io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    io.stdout.write(adviceText(facts, advice, await minorVersion(kube)));
  }
  return EXIT.ok;
}

const ALL = Number.MAX_SAFE_INTEGER;

async function listed(kube: Kube, path: string, limit: number): Promise<{ items: JsonObject[]; isCut: boolean }> {
  try {
    return await listAll(kube, path, { limit });
  } catch (error) {
    throw new Failure(plain(error));
  }
}

async function listedIfAllowed(kube: Kube, path: string): Promise<JsonObject[] | undefined> {
  try {
    return (await listAll(kube, path, { limit: ALL })).items;
  } catch (error) {
    if (error instanceof Refusal && error.status === 403) return undefined;
    throw new Failure(plain(error));
  }
}

async function minorVersion(kube: Kube): Promise<number | null> {
  const version = await read(kube, '/version').catch(() => undefined);
  const minor = /^\d{1,4}/.exec(text(get({ version }, 'version'), 'minor') ?? '')?.[0];
  return minor === undefined ? null : Number(minor);
}
