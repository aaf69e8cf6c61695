import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { get, objects, text } from '../../core/json.ts';
import type { Settings } from '../../core/settings.ts';
import { plain } from '../../input/plain.ts';
import type { Kube } from '../../kube.ts';
import { read, refusalText } from '../cluster.ts';
import type { NodeToRaise } from './plan.ts';
import { RAISE_NAMESPACE, raisePod } from './raise-pod.ts';

/** How a node was raised, or why it was not. */
export type Raised = (
  | { readonly ok: true /** What its script said. */; readonly log: string }
  | { readonly ok: false; readonly problem: string }
) & {
  /** A sentence about the pod, where it could not be removed. */
  readonly remains?: string;
};

/** How long to wait for a pod. */
export interface Patience {
  readonly seconds: number;
  readonly pollMilliseconds: number;
  /** Ends the wait; the pod is removed all the same. */
  readonly signal: AbortSignal;
}

/** What raises nodes. */
export interface Raising {
  readonly kube: Kube;
  readonly settings: Settings['initContainer'];
  readonly patience: Patience;
}

const PODS = `/api/v1/namespaces/${RAISE_NAMESPACE}/pods`;

/** Asks the API server whether the pod for a node may be created, and stores nothing; the answer is what speaks against it. */
export async function rehearseRaise(
  kube: Kube,
  { node, value }: NodeToRaise,
  settings: Settings['initContainer'],
): Promise<string | undefined> {
  const body = raisePod(nameOfRaise(), node, value, settings);
  const answer = await kube.send({ method: 'POST', path: `${PODS}?dryRun=All`, body });
  return answer.status > 299 ? refused(answer.status, answer.body) : undefined;
}

/** Raises the value of one node by a pod that lives for it; the pod is gone afterwards, however it went. */
export async function raiseOn(raising: Raising, { node, value }: NodeToRaise): Promise<Raised> {
  const { kube, settings, patience } = raising;
  const name = nameOfRaise();
  try {
    const { status, body } = await kube.send({
      method: 'POST',
      path: PODS,
      body: raisePod(name, node, value, settings),
    });
    if (status > 299) return { ok: false, problem: refused(status, body) };
  } catch (error) {
    // The answer was lost, and the pod may be there.
    return removed(kube, name, { ok: false, problem: plain(error) });
  }
  return removed(kube, name, await outcomeOf(kube, `${PODS}/${name}`, patience));
}

async function removed(kube: Kube, name: string, outcome: Raised): Promise<Raised> {
  const problem = await remove(kube, name);
  if (problem === undefined) return outcome;
  const remains = `pod ${RAISE_NAMESPACE}/${name} could not be removed (${problem}): kubectl -n ${RAISE_NAMESPACE} delete pod ${name}`;
  return { ...outcome, remains };
}

function nameOfRaise(): string {
  return `max-map-count-fix-${randomUUID().slice(0, 8)}`;
}

async function outcomeOf(kube: Kube, path: string, patience: Patience): Promise<Raised> {
  try {
    const end = await untilEnded(kube, path, patience);
    if (!end.ok) return end;
    const log = await logOf(kube, path);
    if (text(get(end.pod, 'status'), 'phase') === 'Succeeded') return { ok: true, log: log ?? DONE };
    return { ok: false, problem: log || failureOf(end.pod) };
  } catch (error) {
    return { ok: false, problem: patience.signal.aborted ? 'interrupted' : plain(error) };
  }
}

const DONE = 'vm.max_map_count is high enough; the log that tells more may not be read';

type Ended = { readonly ok: true; readonly pod: unknown } | { readonly ok: false; readonly problem: string };

async function untilEnded(kube: Kube, path: string, patience: Patience): Promise<Ended> {
  const deadline = Date.now() + patience.seconds * 1000;
  for (;;) {
    const pod = await read(kube, path);
    if (['Succeeded', 'Failed'].includes(text(get(pod, 'status'), 'phase') ?? '')) return { ok: true, pod };
    const waiting = waitingOf(pod);
    if (isHopeless(waiting)) return { ok: false, problem: `its pod cannot start: ${waiting}` };
    if (Date.now() > deadline) {
      const reason = waiting || 'no kubelet has taken it: is the node reachable?';
      return { ok: false, problem: `its pod has not ended within ${patience.seconds} s: ${reason}` };
    }
    await setTimeout(patience.pollMilliseconds, undefined, { signal: patience.signal });
  }
}

// What the container waits for, in the kubelet's words.
function waitingOf(pod: unknown): string {
  const [status] = objects(get(pod, 'status'), 'containerStatuses');
  const waiting = get(get(status, 'state'), 'waiting');
  return [text(waiting, 'reason'), text(waiting, 'message')].filter(Boolean).join(': ');
}

// ErrImagePull is tried again at once, and often works then.
function isHopeless(waiting: string): boolean {
  return /^(?:ImagePullBackOff|InvalidImageName|ErrImageNeverPull|Create\w+Error)\b/.test(waiting);
}

function failureOf(pod: unknown): string {
  const status = get(pod, 'status');
  return (
    [text(status, 'reason'), text(status, 'message')].filter(Boolean).join(': ') || 'its pod failed without a word'
  );
}

async function logOf(kube: Kube, path: string): Promise<string | undefined> {
  const { status, body } = await kube.send({ path: `${path}/log?tailLines=20&limitBytes=4096` });
  return status > 299 || typeof body !== 'string' ? undefined : body.trim();
}

const TRIES = 3;

// At once: a node that cannot be reached would keep the object otherwise.
async function remove(kube: Kube, name: string): Promise<string | undefined> {
  let problem: string | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      const path = `${PODS}/${name}?gracePeriodSeconds=0`;
      const { status, body } = await kube.send({ method: 'DELETE', path });
      if (status <= 299 || status === 404) return undefined;
      problem = refusalText(status, body);
    } catch (error) {
      problem = plain(error);
    }
  }
  return problem;
}

function refused(status: number, body: unknown): string {
  const message = refusalText(status, body);
  if (message.includes('violates PodSecurity')) {
    return `Pod Security does not allow the privileged pod that raises the value in namespace ${RAISE_NAMESPACE}: raise it on the node itself (${message})`;
  }
  if (status === 403) return `you may not raise the value by a pod in namespace ${RAISE_NAMESPACE}: ${message}`;
  return message;
}
