import { plain } from '../input/plain.ts';
import { type NodeLabel, type Outcome, Refused, setLabel } from './node-label.ts';

/** What the agent reads, writes and waits with; the tests put their own in its place. */
export interface Agent extends NodeLabel {
  /** The node's value, or undefined when it cannot be read. */
  readonly read: () => number | undefined;
  readonly log: (line: string) => void;
  readonly wait: (seconds: number) => Promise<void>;
}

// While a node boots, its network and the API server may be some time in coming.
const PAUSES = [1, 2, 4, 8, 16];

/** Makes the node's label say the truth, tries again while that may help, and says in one line what it did. */
export async function reconcile(agent: Agent): Promise<boolean> {
  for (const pause of [...PAUSES, undefined]) {
    try {
      const value = agent.read();
      agent.log(sentence(agent, value, await setLabel(agent, value)));
      return true;
    } catch (error) {
      const reason = plain(error);
      const isOver = pause === undefined || (error instanceof Refused && error.isFinal);
      const then = isOver ? 'the label stays as it is, which may be wrong' : `trying again in ${pause} s`;
      agent.log(`node ${agent.node}: cannot set the label ${agent.label}: ${reason}; ${then}`);
      if (isOver) return false;
      await agent.wait(pause);
    }
  }
  return false;
}

function sentence({ node, label }: NodeLabel, value: number | undefined, outcome: Outcome): string {
  const unreadable = 'vm.max_map_count cannot be read';
  if (outcome === 'already right') {
    return value === undefined
      ? `node ${node}: ${unreadable}, and there is no label ${label}: nothing to do`
      : `node ${node}: the label ${label} is ${value} already`;
  }
  const before = outcome.was === undefined ? 'there was none' : `it was ${outcome.was}`;
  return value === undefined
    ? `node ${node}: ${unreadable}: removed the label ${label} (${before})`
    : `node ${node}: set the label ${label} to ${value} (${before})`;
}
