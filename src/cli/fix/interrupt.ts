const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Ctrl-C and its like while something of ours is in the cluster: work hears of it, and goes on to clean up. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code that shells expect; undefined as long as nobody interrupted. */
  code(): number | undefined;
  /** From now on the process ends at once again. */
  end(): void;
}

/** Takes the signals that end a process; the second one ends it all the same. */
export function takeInterrupts(): Interruption {
  const controller = new AbortController();
  let code: number | undefined;
  const names = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
  const hear = (name: NodeJS.Signals) => {
    code = SIGNALS[name as keyof typeof SIGNALS];
    controller.abort();
    end();
  };
  const end = () => {
    for (const name of names) process.removeListener(name, hear);
  };
  for (const name of names) process.on(name, hear);
  return { signal: controller.signal, code: () => code, end };
}
