import { oneLine } from '../../core/warnings.ts';
import type { Sink } from '../io.ts';
import type { NodeToRaise, Plan } from './plan.ts';
import { type Raising, raiseOn, rehearseRaise } from './raise.ts';
import { type Step, stepsAfter, stepsOf } from './steps.ts';

/** What a run of the plan says: what was done goes out at once, what went wrong is returned. */
type Problems = Promise<string[]>;

/** Asks the API server about every step of the plan as a dry run. */
export async function rehearse(
  { kube, settings }: Omit<Raising, 'patience'>,
  plan: Plan,
  out: Pick<Sink, 'write'>,
): Problems {
  const raises = plan.raises.map((node): Step => {
    const take = () => rehearseRaise(kube, node, settings);
    return { subject: `node ${node.node}`, done: `raised to at least ${node.value}`, take };
  });
  const steps = [...stepsOf(kube, plan), ...raises, ...plan.raises.flatMap((node) => stepsAfter(kube, node))];
  return taken(steps, true, out);
}

// Enough to be quick, and few enough for any API server.
const NODES_AT_ONCE = 10;

/** Carries the plan out; once the signal was given, nothing more is begun. */
export async function carryOut(raising: Raising, plan: Plan, out: Pick<Sink, 'write'>): Problems {
  const { kube, patience } = raising;
  const problems = await taken(stepsOf(kube, plan), false, out, patience.signal);
  for (let next = 0; next < plan.raises.length && !patience.signal.aborted; next += NODES_AT_ONCE) {
    const nodes = plan.raises.slice(next, next + NODES_AT_ONCE);
    const found = await Promise.all(nodes.map((node) => raised(raising, node, out)));
    problems.push(...found.flat());
  }
  return problems;
}

async function raised(raising: Raising, node: NodeToRaise, out: Pick<Sink, 'write'>): Problems {
  const outcome = await raiseOn(raising, node);
  const remains = outcome.remains === undefined ? [] : [outcome.remains];
  if (!outcome.ok) return [`node ${node.node}: ${outcome.problem}`, ...remains];
  out.write(`node ${node.node}: ${oneLine(outcome.log)}\n`);
  return [...remains, ...(await taken(stepsAfter(raising.kube, node), false, out, raising.patience.signal))];
}

async function taken(
  steps: readonly Step[],
  dryRun: boolean,
  out: Pick<Sink, 'write'>,
  signal?: AbortSignal,
): Problems {
  const problems: string[] = [];
  for (const { subject, done, take } of steps) {
    if (signal?.aborted) break;
    const problem = await take(dryRun);
    if (problem === undefined) out.write(`${subject} ${done}${dryRun ? ' (server dry run)' : ''}\n`);
    else problems.push(`${subject}: ${problem}`);
  }
  return problems;
}
