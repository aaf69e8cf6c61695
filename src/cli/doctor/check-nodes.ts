import type { JsonObject } from '../../core/json.ts';
import { nodeName, nodeValue } from '../node.ts';
import { estimateOf, estimateText } from '../node-estimate.ts';
import { type CheckResult, result, unknown } from './check-result.ts';
import type { Survey } from './survey.ts';

const INTEGER = /^\d{1,15}$/;

/** What each node is labelled with: labels that are no number, and numbers below what the configuration promises. */
export function checkNodes({ nodes, settings }: Pick<Survey, 'nodes' | 'settings'>): CheckResult[] {
  if (!nodes.ok) return [unknown('nodes', nodes)];
  const { label } = settings.nodeAffinity;
  const problems = nodes.value.flatMap((node) => problemOf(node, label, settings.nodes.guaranteed) ?? []);
  if (problems.length > 0) return problems;
  const known = nodes.value.filter((node) => nodeValue(node, label) !== null).length;
  const message = `the value of ${known} of ${nodes.value.length} nodes is known from the label ${label}`;
  return [result('nodes-labelled', `${message}${likely(nodes.value, label)}`)];
}

function problemOf(node: JsonObject, label: string, guaranteed: number): CheckResult | undefined {
  const value = nodeValue(node, label);
  if (value === null) return undefined;
  const name = nodeName(node);
  if (!INTEGER.test(value)) {
    return result(
      'nodes-wrong-label',
      `node ${name} has ${label}=${value}, which is no integer: no pod is ever sent there for it`,
      `kubectl label node ${name} ${label}-`,
    );
  }
  if (Number(value) >= guaranteed) return undefined;
  return result(
    'nodes-below-guarantee',
    `node ${name} has ${value}, and nodes.guaranteed says that every node has ${guaranteed}: pods that need more than it has are left alone, and crash there`,
    `raise it on that node, or set nodes.guaranteed to ${value} or less`,
  );
}

/** What the nodes without a label probably have, by their images; empty where nothing is established. */
function likely(nodes: readonly JsonObject[], label: string): string {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const estimate = nodeValue(node, label) === null ? estimateOf(node) : null;
    if (estimate) counts.set(estimateText(estimate), (counts.get(estimateText(estimate)) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `; ${count} without it: ${text}`).join('');
}
