// The demo: the built webhook and the two Deployments of examples/elk.yaml, on a real control plane where one is at hand, else
// on a stand-in. It is a check, too: it fails when the ELK pod is not patched or the nginx pod is.
import { parseArgs } from 'node:util';
import { plain } from '../../src/input/plain.ts';
import { MissingBinaries } from '../programs/binaries.ts';
import { type DemoOptions, demo, ENGINES } from './demo.ts';
import { print, progress } from './terminal.ts';

const USAGE = `usage: npm run demo [-- [--prepared-nodes | --engine admissionPolicy] [--keep]]

  --prepared-nodes   show instead how pods find prepared nodes where the init container is forbidden
  --engine ENGINE    webhook, or admissionPolicy: a policy in the API server, and no server of ours
  --keep             leave the control plane and the webhook running until Ctrl-C, and print the KUBECONFIG line
  --help             print this text

Without a control plane, which npm run control-plane gets, a stand-in plays its part; it knows none of the options.`;

// A reader that has seen enough, such as head, ends the demo and all that it started.
process.stdout.on('error', () => process.exit(1));
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    progress(`${options}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    print(USAGE);
    return 0;
  }
  try {
    return await demo(options);
  } catch (error) {
    if (error instanceof MissingBinaries) progress(error.message);
    else progress(`The demo failed: ${plain(error)}`);
    return 1;
  }
}

function readOptions(args: string[]): (DemoOptions & { help: boolean }) | string {
  try {
    const boolean = { type: 'boolean', default: false } as const;
    const engines = { type: 'string', default: 'webhook' } as const;
    const options = { keep: boolean, 'prepared-nodes': boolean, engine: engines, help: { ...boolean, short: 'h' } };
    const { keep, 'prepared-nodes': preparedNodes, engine: asked, help } = parseArgs({ args, options }).values;
    const engine = ENGINES.find((name) => name === asked);
    if (engine === undefined) return `--engine ${asked}: must be one of ${ENGINES.join(', ')}`;
    if (preparedNodes && engine !== 'webhook') return '--prepared-nodes is shown with the webhook only';
    return { keep, preparedNodes, engine, help };
  } catch (error) {
    return plain(error);
  }
}
