import type { Shareable } from '../src/cli/share/without-values.ts';
import type { Answer, Question, Texts } from './answer.ts';
import type { Ask, Tell } from './messages.ts';

/** What the page hears of its newest question. */
export interface Hear {
  readonly answered: (answer: Answer) => void;
  readonly texts: (texts: Texts) => void;
  /** It took longer than allowed and was stopped. */
  readonly stopped: () => void;
}

/** How long a question may take; what a chart renders to takes a tenth of a second. */
const LIMIT_MS = 10_000;
/** A question that runs for so long gives way to a newer one. */
const PATIENCE_MS = 300;

/**
 * Decides in a worker, one question at a time and always the newest. A worker that takes too long is ended, and a new one
 * takes its place: the page stays as quick as ever.
 */
export function createDecider(source: string, hear: Hear): { ask: (question: Question) => void; redact: Redact } {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  let worker: Worker | undefined;
  let running: { id: number; since: number; timer: ReturnType<typeof setTimeout> } | undefined;
  let waiting: Question | undefined;
  let id = 0;

  const end = () => {
    if (running) clearTimeout(running.timer);
    running = undefined;
  };
  const drop = () => {
    worker?.terminate();
    worker = undefined;
    end();
  };
  const stop = () => {
    drop();
    if (waiting) start(waiting);
    else hear.stopped();
  };
  const heard = ({ data: tell }: MessageEvent<Tell>) => {
    if (tell.id !== running?.id) return;
    if (tell.what === 'answered') hear.answered(tell.answer);
    if (tell.what !== 'texts') return;
    end();
    hear.texts(tell.texts);
    if (waiting) start(waiting);
  };
  const start = (question: Question) => {
    waiting = undefined;
    worker ??= createWorker(url, heard, stop);
    id += 1;
    running = { id, since: performance.now(), timer: setTimeout(stop, LIMIT_MS) };
    worker.postMessage({ id, what: 'decide', question } satisfies Ask);
  };
  const ask = (question: Question) => {
    if (!running) return start(question);
    waiting = question;
    const { id: stuck, since } = running;
    const patience = Math.max(0, PATIENCE_MS - (performance.now() - since));
    setTimeout(() => {
      if (running?.id !== stuck || waiting === undefined) return;
      drop();
      start(waiting);
    }, patience);
  };
  return { ask, redact: (question) => redactOnce(url, question) };
}

/** A manifest without the values of its variables; undefined when that took too long. */
export type Redact = (question: Question) => Promise<Shareable | undefined>;

function redactOnce(url: string, question: Question): Promise<Shareable | undefined> {
  return new Promise((resolve) => {
    const finish = (shareable: Shareable | undefined) => {
      clearTimeout(timer);
      worker.terminate();
      resolve(shareable);
    };
    const hear = ({ data }: MessageEvent<Tell>) => finish(data.what === 'redacted' ? data.shareable : undefined);
    const worker = createWorker(url, hear, () => finish(undefined));
    const timer = setTimeout(() => finish(undefined), LIMIT_MS);
    worker.postMessage({ id: 0, what: 'redact', question } satisfies Ask);
  });
}

function createWorker(url: string, hear: (event: MessageEvent<Tell>) => void, failed: () => void): Worker {
  const worker = new Worker(url);
  worker.addEventListener('message', hear);
  worker.addEventListener('error', failed);
  return worker;
}
