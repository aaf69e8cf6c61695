import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's young generation as large as it is now. It would grow a hundredfold under load, and no processor's cache holds that:
 * every review then waits for memory. What a review needs is gone when it is answered, so that a small one is enough.
 */
export function keepYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
