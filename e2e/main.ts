// npm run e2e: the scenario of the README on a real node. Exit codes: 0 it went as it should, 1 it did not, 77 this machine
// cannot run it (1 with E2E=required), as test runners know it from automake.

import { plain } from '../src/input/plain.ts';
import { progress } from '../tools/demo/terminal.ts';
import { MissingBinaries } from '../tools/programs/binaries.ts';
import { whyNotHere } from './machine.ts';
import { replay } from './replay.ts';

const CANNOT = 77;

process.exitCode = await main();

async function main(): Promise<number> {
  const why = whyNotHere();
  if (why !== undefined) return cannot(why);
  try {
    return (await replay()) ? 0 : 1;
  } catch (error) {
    if (error instanceof MissingBinaries) return cannot(error.message.replaceAll('\n', ' '));
    progress(`npm run e2e failed: ${plain(error)}`);
    return 1;
  }
}

function cannot(why: string): number {
  progress(`npm run e2e cannot run here: ${why}`);
  return process.env.E2E === 'required' ? 1 : CANNOT;
}
