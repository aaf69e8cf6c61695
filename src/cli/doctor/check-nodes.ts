import { nodeName, nodeValue } from '../node.ts';
import { type CheckResult, result, unknown } from './check-result.ts';
import type { Survey } from './survey.ts';

/** What each node is labelled with; labels that are no number. */
export function checkNodes({ nodes, settings }: Pick<Survey, 'nodes' | 'settings'>): CheckResult[] {
  if (!nodes.ok) return [unknown('nodes', nodes)];
  const { label } = settings.nodeAffinity;
  const wrong = nodes.value.filter((node) => {
    const value = nodeValue(node, label);
    return value !== null && !/^\d{1,15}$/.test(value);
  });
  const known = nodes.value.filter((node) => nodeValue(node, label) !== null).length;
  const message = `the value of ${known} of ${nodes.value.length} nodes is known from the label ${label}`;
  if (wrong.length === 0) return [result('nodes-labelled', message)];
  return wrong.map((node) =>
    result(
      'nodes-wrong-label',
      `node ${nodeName(node)} has ${label}=${nodeValue(node, label)}, which is no integer: no pod is ever sent there for it`,
      `kubectl label node ${nodeName(node)} ${label}-`,
    ),
  );
}
