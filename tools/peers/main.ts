// npm run peers: the product beside real third-party parts. Exit codes: 0 it went as it should, 1 it did not, 2 wrong
// arguments, 77 this machine cannot run it (1 with PEERS=required), as test runners know it from automake.
import { parseArgs } from 'node:util';
import { moduleOf } from '../programs/programs.ts';
import { whyNotHere } from './network.ts';
import { findProvisions, MissingPart, obtainProvisions, type Wanted } from './parts.ts';
import { runBeside } from './run.ts';

const USAGE = `usage: npm run peers [-- [--build] [--kubernetes MINOR | --eck]]

  (nothing)            cert-manager, on the newest Kubernetes
  --kubernetes MINOR   the chart, the webhook, the node agent, doctor and cert-manager on that version, such as 1.30
  --eck                the ECK operator (Elastic License 2.0: built for this test, never shipped)
  --build              get what the run needs, and do nothing else
  --help               print this text`;
const CANNOT = 77;

process.exitCode = await main(process.argv.slice(2));

interface Options extends Wanted {
  readonly help: boolean;
  readonly build: boolean;
}

async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n\n${USAGE}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopped.abort());
  try {
    const why = whyNotHere();
    if (why !== undefined) return cannot(why);
    if (options.build) {
      await obtainProvisions(options, { say, signal: stopped.signal });
      return 0;
    }
    return await runBeside(options, findProvisions(options), stopped.signal);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // In CI only the machine itself may be a reason; what is missing on it should have been got.
    if (error instanceof MissingPart) return process.env.CI === 'true' ? failed(message) : cannot(message);
    if (!stopped.signal.aborted) return failed(message);
    say('stopped');
    return 130;
  }
}

function readOptions(args: string[]): Options | string {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const options = { kubernetes: { type: 'string' }, eck: flag, build: flag, help: { ...flag, short: 'h' } } as const;
    const { kubernetes, eck, build, help } = parseArgs({ args, options }).values;
    if (eck && kubernetes !== undefined) return '--eck runs on the newest Kubernetes only';
    moduleOf('kube-apiserver', kubernetes);
    return { kubernetes, parts: [eck ? 'eck' : 'cert-manager'], build, help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function failed(why: string): number {
  say(`npm run peers failed: ${why}`);
  return 1;
}

function cannot(why: string): number {
  say(`npm run peers cannot run here: ${why}`);
  return process.env.PEERS === 'required' ? 1 : CANNOT;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
