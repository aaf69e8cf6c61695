// npm run base-images: local images in the place of those that the Dockerfile starts from, made of Debian's packages and npm's
// Node.js, where no registry is reached. Prints what `npm run release -- --dry-run --stand-ins FILE` reads.
import { plain } from '../../src/input/plain.ts';
import { progress } from '../../tools/demo/terminal.ts';
import { startSupervisor } from '../../tools/process/supervisor.ts';
import { whyNotHere } from '../machine.ts';
import { buildBaseImages } from './build.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  const why = whyNotHere();
  if (why !== undefined) {
    progress(`npm run base-images cannot run here: ${why}`);
    return 1;
  }
  const supervisor = await startSupervisor();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void supervisor.stop());
  try {
    console.log(JSON.stringify(await buildBaseImages(supervisor, progress), null, 2));
    return 0;
  } catch (error) {
    progress(`npm run base-images failed: ${plain(error)}`);
    return 1;
  } finally {
    await supervisor.stop();
  }
}
