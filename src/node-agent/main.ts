// Labels the node that it runs on with the value of vm.max_map_count there. Exit codes: 0 the label says the truth,
// 1 it could not be set, 2 the agent was called wrongly.
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { plain } from '../input/plain.ts';
import { connectKube } from '../kube.ts';
import { type Agent, reconcile } from './agent.ts';
import { readValue, VALUE_FILE } from './value.ts';

const USAGE = `usage: NODE_NAME=<node> node-agent.js --label <key>

  --label   the node label to set`;

// The first process of a container gets no signal that it does not ask for.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
process.exitCode = await main(process.argv.slice(2), process.env.NODE_NAME);

async function main(args: string[], node: string | undefined): Promise<number> {
  let agent: Agent;
  try {
    const label = labelIn(args);
    if (!node) throw new Error('NODE_NAME is not set');
    agent = { kube: connectKube({}), node, label, read: () => readValue(VALUE_FILE), log, wait };
  } catch (error) {
    log(`${plain(error)}\n\n${USAGE}`);
    return 2;
  }
  return (await reconcile(agent)) ? 0 : 1;
}

function labelIn(args: string[]): string {
  const { label } = parseArgs({ args, options: { label: { type: 'string' } } }).values;
  if (!label) throw new Error('--label is missing');
  return label;
}

function log(line: string): void {
  process.stdout.write(`max-map-count: ${line}\n`);
}

async function wait(seconds: number): Promise<void> {
  await setTimeout(seconds * 1000);
}
