import { type Binaries, findBinaries, MissingBinaries } from '../../tools/programs/binaries.ts';
import type { Program } from '../../tools/programs/programs.ts';

/** Finds programs; without them says loudly which `tests` are skipped and why, and in CI throws. */
export async function findOrSkip<P extends Program>(
  tests: string,
  wanted: readonly P[],
): Promise<Binaries<P> | undefined> {
  try {
    return await findBinaries(wanted, say);
  } catch (error) {
    if (!(error instanceof MissingBinaries) || process.env.CI === 'true') throw error;
    const line = '!'.repeat(100);
    say(`\n${line}\n${tests.toUpperCase()} IS SKIPPED.\n${error.message}\n${line}\n`);
    return undefined;
  }
}

/** Writes a line beside the reporter's. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
