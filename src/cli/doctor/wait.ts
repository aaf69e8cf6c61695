import { plain } from '../../input/plain.ts';
import type { Kube } from '../../kube.ts';
import { read } from '../cluster.ts';
import type { CheckResult } from './check-result.ts';
import { diagnoseWebhook } from './diagnosis.ts';
import { type SurveyOptions, surveyWebhook } from './survey.ts';

/** What passes the time; tests have one of their own. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

const INTERVAL = 2_000;

// What a starting webhook goes through. Nobody need wait for the others: they do not mend themselves.
const PASSING: readonly CheckResult['check'][] = ['webhook', 'own-pods', 'certificate', 'probe'];
// What no time changes.
const LASTING: readonly CheckResult['id'][] = ['not-allowed', 'probe-outside'];

/** Looks again every two seconds until the webhook works, as far as can be seen; false when the time was up before. */
export async function waitUntilHealthy(
  kube: Kube,
  options: SurveyOptions,
  limit: number,
  clock: Clock,
): Promise<boolean> {
  const end = clock.now() + limit;
  let told = '';
  for (;;) {
    const reason = await reasonToWait(kube, options, clock);
    if (reason === undefined) return true;
    if (reason !== told) options.progress(`waiting: ${reason}`);
    told = reason;
    if (clock.now() + INTERVAL > end) return false;
    await clock.sleep(INTERVAL);
  }
}

async function reasonToWait(kube: Kube, options: SurveyOptions, clock: Clock): Promise<string | undefined> {
  const problem = await read(kube, '/version').then(() => undefined, plain);
  if (problem !== undefined) return problem;
  const results = diagnoseWebhook(await surveyWebhook(kube, options), new Date(clock.now()));
  return results.find(({ id, check, level }) => level !== 'ok' && PASSING.includes(check) && !LASTING.includes(id))
    ?.message;
}
