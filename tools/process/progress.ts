/** Says that work is going on, how long it has taken every ten seconds, and that it is done. Its result is to be kept. */
export async function withProgress(
  what: string,
  say: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  say(`${what}; the result is kept, the first time takes minutes`);
  const timer = setInterval(() => say(`${what}: ${seconds()} s`), 10_000);
  try {
    await work();
    say(`${what}: done in ${seconds()} s`);
  } finally {
    clearInterval(timer);
  }
}
