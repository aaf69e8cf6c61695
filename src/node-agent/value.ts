import { readFileSync } from 'node:fs';

/** Where the kernel shows the value; it is one per kernel, so a container sees its node's, and anyone may read it. */
export const VALUE_FILE = '/proc/sys/vm/max_map_count';

/** The value of vm.max_map_count as a file holds it, or undefined when there is no number to be had. */
export function readValue(file: string): number | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
