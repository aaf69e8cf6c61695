import { plain } from '../../input/plain.ts';
import type { ClusterOptions } from '../../kube.ts';
import { connect, listAll } from '../cluster.ts';
import { settingsFrom } from '../config-file.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { clean } from './clean.ts';
import { reportOn } from './report.ts';
import { reportText } from './text.ts';

/** The options of `nodes`. */
export interface NodesOptions extends ClusterOptions {
  readonly output: 'text' | 'json';
  readonly clean: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** The most pods to look at. */
  readonly limit: number;
  readonly config?: string;
}

/** Shows what each node's label says and which pods depend on it, or removes the labels that the node agent has set. */
export async function nodes(options: NodesOptions, io: Io): Promise<number> {
  const settings = await settingsFrom(options.config);
  const kube = await connect(options);
  const list = async (path: string, limit: number) => {
    try {
      return await listAll(kube, path, { limit });
    } catch (error) {
      throw new Failure(plain(error));
    }
  };
  const { items } = await list('/api/v1/nodes', Number.MAX_SAFE_INTEGER);
  if (options.clean) return clean(kube, items, settings.nodeAffinity.label, { io, consent: options });
  const pods = await list('/api/v1/pods', options.limit);
  if (pods.isCut) io.stderr.write(`only the first ${options.limit} pods were looked at: raise --limit\n`);
  const report = reportOn(items, pods.items, settings);
  io.stdout.write(options.output === 'json' ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  return EXIT.ok;
}
