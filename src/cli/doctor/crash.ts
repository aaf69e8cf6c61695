import type { Catalogue } from '../../core/catalogue.ts';
import { crashLineIn } from '../../core/crash-line.ts';
import { CONTAINER_NAME, WRITE_REFUSED } from '../../core/init-container.ts';
import { get, type JsonObject, text } from '../../core/json.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Kube } from '../../kube.ts';
import { Refusal, read } from '../cluster.ts';
import { controllerOf } from './controller.ts';
import { type BadEnd, badEnds, startFailure } from './pod-status.ts';

/** A container that crashes because the value on its node is too low, or an init container of ours that could not raise it. */
export interface Crash {
  readonly pod: JsonObject;
  readonly container: string;
  /** The line of its log that says so; how it ended where an init container of ours said nothing. */
  readonly line: string;
  /** The catalogue rows whose words they are; empty for our init container. */
  readonly rows: readonly string[];
}

// With terminationMessagePolicy FallbackToLogsOnError the kubelet puts the end of its log into the status.
function ofOurs({ exitCode, reason, message }: BadEnd): Said {
  const line = message.split('\n').find((each) => each.startsWith(WRITE_REFUSED));
  if (line !== undefined) return { line: line.trim(), rows: [] };
  const words = [`exit code ${exitCode}`, ...(reason && reason !== 'Error' ? [reason] : [])].join(', ');
  return { line: message.trim() === '' ? words : `${words}: ${message.trim()}`, rows: [] };
}

/** What a log says of a crash. */
type Said = Pick<Crash, 'line' | 'rows'>;

// A cluster in which more pods crash has told enough by then. Pods of unknown products must not use up what known ones need.
const MOST_LOGS = { known: 60, others: 20, ofOwner: 3 } as const;

/** Reads what containers said when they last ended: from the status, else from the end of the log, within limits. */
export class CrashReader {
  readonly #kube: Kube;
  readonly #catalogue: Catalogue;
  readonly #left: { known: number; others: number } = { known: MOST_LOGS.known, others: MOST_LOGS.others };
  /** By owner, container and exit code: pods of one owner that end alike run the same thing. */
  readonly #told = new Map<string, { logs: number; said: Said | undefined }>();
  #unread = 0;
  #failure: Refusal | undefined;

  constructor(kube: Kube, catalogue: Catalogue) {
    this.#kube = kube;
    this.#catalogue = catalogue;
  }

  /** How many containers ended badly whose logs were not read, because there are too many or it was refused. */
  get unread(): number {
    return this.#unread;
  }

  /** The last refusal of a log; undefined when there was none. */
  get failure(): Refusal | undefined {
    return this.#failure;
  }

  /** The API server's 403 for a log, after which no other is asked for; undefined when there was none. */
  get refusal(): Refusal | undefined {
    return this.#failure?.status === 403 ? this.#failure : undefined;
  }

  /** The crashes of a pod; `isKnown` when it runs a product of the catalogue. */
  async crashesOf(pod: JsonObject, isKnown: boolean): Promise<Crash[]> {
    const crashes: Crash[] = [];
    for (const end of badEnds(pod)) {
      const isOurs = end.container === CONTAINER_NAME;
      const said = isOurs ? ofOurs(end) : (this.#lineIn(end.message) ?? (await this.#fromLog(pod, end, isKnown)));
      if (said) crashes.push({ pod, container: end.container, ...said });
    }
    const failure = startFailure(pod);
    if (failure !== undefined) crashes.push({ pod, container: CONTAINER_NAME, line: failure, rows: [] });
    return crashes;
  }

  #lineIn(log: string): Said | undefined {
    return crashLineIn(log, this.#catalogue.rows);
  }

  async #fromLog(pod: JsonObject, end: BadEnd, isKnown: boolean): Promise<Said | undefined> {
    const key = JSON.stringify([controllerOf(pod).name, end.container, end.exitCode]);
    const told = this.#told.get(key) ?? { logs: 0, said: undefined };
    if (told.said || told.logs >= MOST_LOGS.ofOwner) return told.said;
    const kind = isKnown ? 'known' : 'others';
    if (this.#left[kind] === 0 || this.refusal) {
      this.#unread += 1;
      return undefined;
    }
    this.#left[kind] -= 1;
    const said = this.#lineIn(await this.#logOf(pod, end));
    this.#told.set(key, { logs: told.logs + 1, said });
    return said;
  }

  // Whoever may not read one log need not try the others.
  async #logOf(pod: JsonObject, { container, isOver }: BadEnd): Promise<string> {
    const metadata = get(pod, 'metadata');
    const [namespace = '', name = ''] = [text(metadata, 'namespace'), text(metadata, 'name')];
    const limitBytes = String(LIMITS.crashLog.most);
    const query = new URLSearchParams({ container, previous: String(!isOver), tailLines: '200', limitBytes });
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log?${query}`;
    try {
      const log = await read(this.#kube, path);
      return typeof log === 'string' ? log : '';
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#failure = error;
      this.#unread += 1;
      return '';
    }
  }
}
