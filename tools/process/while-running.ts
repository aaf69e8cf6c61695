import { readFile } from 'node:fs/promises';
import type { Supervised } from './supervisor.ts';

/** A program ended although it should have gone on; the message ends with its last words. */
export class EndedEarly extends Error {
  readonly log: string;
  constructor(name: string, exit: number | string, log: string) {
    super(`${name} ended early (${exit}). Its last lines:\n${log.trim().split('\n').slice(-10).join('\n')}`);
    this.log = log;
  }
}

/** Waits until `work` is done; fails as soon as one of the programs that it needs has ended. */
export async function whileRunning<T>(
  programs: readonly Supervised[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const ends = programs.map(async ({ name, exit, log }): Promise<never> => {
    const code = await exit;
    throw new EndedEarly(name, code, await readFile(log, 'utf8').catch(() => '(no log)'));
  });
  return Promise.race([work(over.signal), ...ends]).finally(() => over.abort());
}
