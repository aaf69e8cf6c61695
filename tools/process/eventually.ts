import { setTimeout } from 'node:timers/promises';
import { plain } from '../../src/input/plain.ts';

const POLL_MILLISECONDS = 100;

/** Asks again and again until `ask` resolves; gives up with its last complaint after `seconds`. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  { seconds, signal }: { seconds: number; signal?: AbortSignal },
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await ask();
    } catch (cause) {
      if (signal?.aborted) throw cause;
      if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s: ${plain(cause)}`, { cause });
      await setTimeout(POLL_MILLISECONDS);
    }
  }
}
