import { table } from '../io.ts';
import { estimateText } from '../node-estimate.ts';
import type { NodesReport, PinnedPod, ReportedNode } from './report.ts';

/** The report as tables: the nodes, then the pods that are in the wrong place or in none. */
export function reportText({ label, nodes, waiting }: NodesReport): string {
  const rows = nodes.map((node) => [node.name, shown(node), fits(node), String(node.pods.length)]);
  const tooLow = nodes.flatMap((node) => {
    const pods = node.pods.filter(({ isTooLow }) => isTooLow);
    return pods.map((pod) => [podName(pod), String(pod.needs), `is on ${node.name}, which is too low`]);
  });
  const nowhere = waiting.map((pod) => [podName(pod), String(pod.needs), place(pod.nodes)]);
  const odd = [...tooLow, ...nowhere];
  return [
    table([['NODE', label.toUpperCase(), 'FITS', 'PODS THAT NEED IT'], ...rows]),
    ...(odd.length > 0 ? ['\n', table([['POD', 'NEEDS', 'BUT'], ...odd])] : []),
  ].join('');
}

function shown({ label, value, likely }: ReportedNode): string {
  if (label === null) return likely ? `none, ${estimateText(likely)}` : 'none';
  return value === null ? `${label} (no integer)` : label;
}

function fits({ fits: fitting, tooLowFor }: ReportedNode): string {
  if (tooLowFor.length === 0) return 'all workloads';
  if (fitting.length === 0) return 'none';
  return tooLowFor.length < fitting.length ? `all but ${tooLowFor.join(', ')}` : fitting.join(', ');
}

function podName({ namespace, name }: PinnedPod): string {
  return `${namespace}/${name}`;
}

function place(nodes: readonly string[]): string {
  if (nodes.length === 0) return 'waits: no node has the value';
  const more = nodes.length > 3 ? ` and ${nodes.length - 3} more` : '';
  return `waits, although ${nodes.slice(0, 3).join(', ')}${more} would do: see kubectl describe pod`;
}
