const EVERY_MILLISECONDS = 10_000;
// Before, the first steps tell nothing about the others.
const ESTIMATE_AFTER_SECONDS = 20;

/** Work whose amount may be known, at least roughly. */
export interface Progress {
  /** So much more is to be done. */
  expect(amount: number): void;
  /** So much more is done. */
  add(amount: number): void;
}

/** What to say about work. */
export interface ProgressOptions {
  readonly what: string;
  /** Writes an amount, such as the 3 or the 5 of `3 of 5`. */
  readonly amount?: (amount: number) => string;
  readonly say: (line: string) => void;
}

/** Says every ten seconds how much of a work is done and when it may be complete. */
export async function withProgress<T>(
  { what, amount = String, say }: ProgressOptions,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const started = Date.now();
  let [done, expected] = [0, 0];
  const report = () => {
    const seconds = (Date.now() - started) / 1000;
    const parts = [what, duration(seconds)];
    if (expected > 0) parts.push(`${amount(done)} of ${amount(expected)}`);
    if (done > 0 && expected > done && seconds > ESTIMATE_AFTER_SECONDS) {
      parts.push(`about ${duration((seconds / done) * (expected - done))} to go`);
    }
    say(parts.join(', '));
  };
  say(what);
  const timer = setInterval(report, EVERY_MILLISECONDS);
  try {
    const result = await work({
      expect: (more) => {
        expected += more;
      },
      add: (more) => {
        done += more;
      },
    });
    say(`${what}, done in ${duration((Date.now() - started) / 1000)}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** A time as a person says it: 40 s, 12 min. */
export function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
