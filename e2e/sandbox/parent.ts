// Runs in a process of its own, for a test to kill: plays the part of e2e/replay.ts. Arguments: those of guinea-pig.sh.
import { fileURLToPath } from 'node:url';
import { startSupervisor } from '../../tools/process/supervisor.ts';
import { runInSandbox } from './sandbox.ts';

const PROGRAM = fileURLToPath(new URL('guinea-pig.sh', import.meta.url));

const supervisor = await startSupervisor();
try {
  const code = await runInSandbox(supervisor, ['/bin/sh', PROGRAM, ...process.argv.slice(2)], {});
  process.stdout.write(`code ${code}\n`);
} catch (error) {
  process.stdout.write(`${error}\n`);
} finally {
  await supervisor.stop();
}
