import { CONTAINER_NAME, WRITE_REFUSED } from '../../core/init-container.ts';
import type { Examined } from './examine.ts';

/** A node whose value is to be raised, and the pods there that need it. */
export interface NodeToRaise {
  readonly node: string;
  /** The highest of what its pods need. */
  readonly value: number;
  readonly pods: readonly Examined[];
}

/** A pod that is left alone, although something is wrong with it. */
export interface Left {
  readonly pod: Examined;
  /** The reason and what to do, in one line. */
  readonly why: string;
}

/** What is going to be done. */
export interface Plan {
  /** Workloads whose pods run without their patch: they are restarted as `kubectl rollout restart` does. */
  readonly rollouts: readonly (readonly [Examined, ...Examined[]])[];
  /** Crashing pods that the webhook gives what they need when they are made anew. */
  readonly restarts: readonly Examined[];
  readonly raises: readonly NodeToRaise[];
  readonly left: readonly Left[];
}

/** Sorts pods by what helps them: the webhook where it would patch them, else a higher value on their node. */
export function planFor(pods: readonly Examined[]): Plan {
  const left = pods.flatMap((pod) => {
    const why = whyLeft(pod);
    return why === undefined ? [] : [{ pod, why }];
  });
  const rest = pods.filter((pod) => left.every((entry) => entry.pod !== pod));
  const crashing = rest.filter(({ crash }) => crash !== undefined);
  const running = rest.filter((pod) => pod.crash === undefined && isPatchedAnew(pod));
  return {
    rollouts: byController(running),
    restarts: crashing.filter(isPatchedAnew),
    raises: byNode(crashing.filter((pod) => !isPatchedAnew(pod))),
    left,
  };
}

function isPatchedAnew({ again, isControlled }: Examined): boolean {
  return again.outcome === 'patched' && isControlled;
}

function byController(pods: readonly Examined[]): Plan['rollouts'] {
  const groups = new Map<string, [Examined, ...Examined[]]>();
  for (const pod of pods) {
    const group = groups.get(pod.controller.name);
    if (group) group.push(pod);
    else groups.set(pod.controller.name, [pod]);
  }
  return [...groups.values()];
}

function byNode(pods: readonly Examined[]): NodeToRaise[] {
  const nodes = [...new Set(pods.map(({ node }) => node))].sort();
  return nodes.map((node) => {
    const there = pods.filter((pod) => pod.node === node);
    return { node, value: Math.max(...there.map(({ demand }) => demand.value)), pods: there };
  });
}

function whyLeft(pod: Examined): string | undefined {
  return pod.crash === undefined ? whyNotRestarted(pod) : whyNotCured(pod, pod.crash);
}

// A pod that runs is worth more than its patch: only what replaces pods one by one touches it.
function whyNotRestarted({ again, obstacle, isControlled, controller }: Examined): string | undefined {
  if (again.outcome !== 'patched') return undefined;
  const why = isControlled ? obstacle : `when it suits: ${controller.restart}`;
  return why && `it runs, and was not patched when it was created; ${why}`;
}

function whyNotCured(pod: Examined, { container, line }: NonNullable<Examined['crash']>): string | undefined {
  const { demand, node, namespace, name, obstacle } = pod;
  if (obstacle !== undefined) return obstacle;
  if (container === CONTAINER_NAME && line?.startsWith(WRITE_REFUSED)) {
    return `node ${node} refuses the write, also from a privileged container: raise vm.max_map_count on the node itself`;
  }
  if (container === CONTAINER_NAME)
    return `the init container ${container} does not do its work: kubectl max-map-count doctor`;
  if (demand.value === 0 && line !== undefined) {
    return 'no workload of the catalogue has the value that it asks for: add a row to the configuration, and give it with --config';
  }
  if (demand.value === 0) {
    return `nothing says that it is for vm.max_map_count: kubectl -n ${namespace} logs ${name} --previous`;
  }
  if (demand.hasOwnKernel && !isPatchedAnew(pod)) {
    return 'it runs on a kernel of its own, which the value of the node does not reach: raise it in the guest';
  }
  return undefined;
}
