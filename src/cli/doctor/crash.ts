import { CONTAINER_NAME } from '../../core/init-container.ts';
import { get, type JsonObject, objects, text } from '../../core/json.ts';
import type { Kube } from '../../kube.ts';
import { read } from '../cluster.ts';

/** A container that crashes because the value on its node is too low, or an init container of ours that could not raise it. */
export interface Crash {
  readonly pod: JsonObject;
  readonly container: string;
  /** The line of its log that says so. */
  readonly line: string;
  /** The catalogue rows whose words they are; empty for our init container. */
  readonly rows: readonly string[];
}

/** Elasticsearch, OpenSearch, SonarQube and CrateDB all say it in these words. */
const TOO_LOW = /max virtual memory areas vm\.max_map_count \[\d+\] is too low[^\n]*/;
const STILL_LOW = /max-map-count: vm\.max_map_count is still [^\n]*/;
// A cluster in which more pods crash has told enough by then.
const MOST_LOGS = 20;

/** The crashes among pods, by what containers said when they last ended: the tail of their logs is read when need be. */
export async function crashesAmong(kube: Kube, pods: readonly JsonObject[], _settings?: unknown): Promise<Crash[]> {
  const crashes: Crash[] = [];
  let logs = 0;
  for (const { pod, container, message, isOver } of pods.flatMap(badEnds)) {
    let line = lineIn(message);
    if (line === undefined && logs < MOST_LOGS) {
      logs += 1;
      line = lineIn(await lastLog(kube, pod, container, isOver));
    }
    if (line !== undefined) crashes.push({ pod, container, line, rows: [] });
  }
  return crashes;
}

/** How a container last ended, badly. */
export interface BadEnd {
  readonly pod: JsonObject;
  readonly container: string;
  /** The status's own account of it, which may be empty. */
  readonly message: string;
  /** False once the container was started again, or waits for it. */
  readonly isOver: boolean;
}

/** The containers of a pod that last ended badly, ours among its init containers, too. */
// Not by CrashLoopBackOff alone: between two of its looks at a pod a kubelet shows the same container as terminated for
// most of a minute, and as running whenever it tries again.
export function badEnds(pod: JsonObject): BadEnd[] {
  const status = get(pod, 'status');
  const ours = objects(status, 'initContainerStatuses').filter(({ name }) => name === CONTAINER_NAME);
  return [...ours, ...objects(status, 'containerStatuses')].flatMap((container) => {
    const now = get(get(container, 'state'), 'terminated');
    const end = now ?? get(get(container, 'lastState'), 'terminated');
    if (end === undefined || get(end, 'exitCode') === 0 || get(container, 'ready') === true) return [];
    const [name = '', message = ''] = [text(container, 'name'), text(end, 'message')];
    return [{ pod, container: name, message, isOver: now !== undefined }];
  });
}

function lineIn(log: string): string | undefined {
  return (TOO_LOW.exec(log) ?? STILL_LOW.exec(log))?.[0].trim();
}

async function lastLog(kube: Kube, pod: JsonObject, container: string, isOver: boolean): Promise<string> {
  const metadata = get(pod, 'metadata');
  const [namespace = '', name = ''] = [text(metadata, 'namespace'), text(metadata, 'name')];
  const previous = String(!isOver);
  const query = new URLSearchParams({ container, previous, tailLines: '200', limitBytes: '262144' });
  const log = await read(
    kube,
    `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log?${query}`,
  );
  return typeof log === 'string' ? log : '';
}
