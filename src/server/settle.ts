import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8's own: 400, 3000 and 500. It waits because most programs have many functions that run a few times; a review calls the
// same few hundred once each.
const CALLS = [
  '--invocation-count-for-maglev=100',
  '--invocation-count-for-turbofan=600',
  '--minimum-invocations-after-ic-update=100',
];

// After the first review, so that it does not wait.
const COLLECT_AFTER_MS = 500;

/**
 * Makes V8 ready for a long time of the same work, when the server has started: it compiles what runs from now on after fewer
 * calls, and gives back the memory that only the start needed.
 */
export function settle(): void {
  for (const flag of CALLS) setFlagsFromString(flag);
  setTimeout(collect, COLLECT_AFTER_MS).unref();
}

// A new context is the way to V8's collector without a flag on the command line. The last resort also drops code that has not
// run for a while, which is most of what the start ran.
function collect(): void {
  setFlagsFromString('--expose-gc');
  const collector: (options: object) => void = runInNewContext('gc');
  collector({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
