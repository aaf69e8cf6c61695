import { get, type JsonObject, objects, text } from '../../core/json.ts';
import { CONTAINER_NAME } from '../../core/script.ts';
import type { Kube } from '../../kube.ts';
import { read } from '../cluster.ts';

/** A container that crashes because the value on its node is too low, or an init container of ours that could not raise it. */
export interface Crash {
  readonly pod: JsonObject;
  readonly container: string;
  /** The line of its log that says so. */
  readonly line: string;
}

/** Elasticsearch, OpenSearch, SonarQube and CrateDB all say it in these words. */
const TOO_LOW = /max virtual memory areas vm\.max_map_count \[\d+\] is too low[^\n]*/;
const STILL_LOW = /max-map-count: vm\.max_map_count is still [^\n]*/;
// A cluster in which more pods crash has told enough by then.
const MOST_LOGS = 20;

/** The crashes among pods, by what containers said when they last ended: the tail of their logs is read when need be. */
export async function crashesAmong(kube: Kube, pods: readonly JsonObject[]): Promise<Crash[]> {
  const waiting = pods.flatMap((pod) => crashLooping(pod).map((status) => ({ pod, status })));
  const crashes: Crash[] = [];
  let logs = 0;
  for (const { pod, status } of waiting) {
    const container = text(status, 'name') ?? '';
    let line = lineIn(text(get(get(status, 'lastState'), 'terminated'), 'message') ?? '');
    if (line === undefined && logs < MOST_LOGS) {
      logs += 1;
      line = lineIn(await previousLog(kube, pod, container));
    }
    if (line !== undefined) crashes.push({ pod, container, line });
  }
  return crashes;
}

function crashLooping(pod: JsonObject): JsonObject[] {
  const status = get(pod, 'status');
  const ours = objects(status, 'initContainerStatuses').filter(({ name }) => name === CONTAINER_NAME);
  return [...ours, ...objects(status, 'containerStatuses')].filter((container) => {
    return text(get(get(container, 'state'), 'waiting'), 'reason') === 'CrashLoopBackOff';
  });
}

function lineIn(log: string): string | undefined {
  return (TOO_LOW.exec(log) ?? STILL_LOW.exec(log))?.[0].trim();
}

async function previousLog(kube: Kube, pod: JsonObject, container: string): Promise<string> {
  const metadata = get(pod, 'metadata');
  const [namespace = '', name = ''] = [text(metadata, 'namespace'), text(metadata, 'name')];
  const query = new URLSearchParams({ container, previous: 'true', tailLines: '200', limitBytes: '262144' });
  const log = await read(
    kube,
    `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log?${query}`,
  );
  return typeof log === 'string' ? log : '';
}
