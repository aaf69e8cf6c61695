import { type Binaries, findBinaries, MissingBinaries } from '../../tools/programs/binaries.ts';
import type { Program } from '../../tools/programs/programs.ts';

/** Finds programs; undefined: some are missing, and the tests that need them are left out, which in CI is an error. */
export function findOrSkip<P extends Program>(wanted: readonly P[]): Binaries<P> | undefined {
  try {
    return findBinaries(wanted);
  } catch (error) {
    if (!(error instanceof MissingBinaries) || process.env.CI === 'true') throw error;
    return undefined;
  }
}

/** Writes a line beside the reporter's. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
