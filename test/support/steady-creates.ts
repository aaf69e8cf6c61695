import { setTimeout } from 'node:timers/promises';
import { type ApiAnswer, refusalOf } from './api-client.ts';
import { initContainersOf } from './webhook-view.ts';

// As busy as a cluster that rolls out: about forty creates in a second.
const WORKERS = 2;
const PAUSE_MILLISECONDS = 40;

/** Creates that go on in the background. */
export interface SteadyCreates {
  /** Ends them, and says how often each outcome was met. */
  stop(): Promise<Readonly<Record<string, number>>>;
}

/** Creates pods without end; each has an outcome, by default `patched`, `created without patch`, or a refusal. */
export function createSteadily(create: () => Promise<ApiAnswer>, toWords = outcomeOf): SteadyCreates {
  const outcomes: Record<string, number> = {};
  let stopped = false;
  const work = async () => {
    while (!stopped) {
      const outcome = await create().then(toWords, String);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      await setTimeout(PAUSE_MILLISECONDS);
    }
  };
  const workers = Array.from({ length: WORKERS }, work);
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(workers);
      return outcomes;
    },
  };
}

/** What became of the creation of one pod, in words. */
export function outcomeOf(answer: ApiAnswer): string {
  if (answer.status !== 201) return `${answer.status} ${refusalOf(answer)}`;
  return initContainersOf(answer.body)[0] === 'max-map-count' ? 'patched' : 'created without patch';
}
