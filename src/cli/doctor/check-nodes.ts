import { nodeName, nodeValue } from '../node.ts';
import { type CheckResult, unknown } from './check-result.ts';
import type { Survey } from './survey.ts';

/** What each node is labelled with; labels that are no number. */
export function checkNodes({ nodes, settings }: Survey): CheckResult[] {
  const check = 'nodes';
  if (!nodes.ok) return [unknown(check, nodes)];
  const wrong = nodes.value.filter((node) => {
    const value = nodeValue(node, settings.nodeAffinity.label);
    return value !== null && !/^\d{1,15}$/.test(value);
  });
  const known = nodes.value.filter((node) => nodeValue(node, settings.nodeAffinity.label) !== null).length;
  if (wrong.length === 0)
    return [
      {
        check,
        level: 'ok',
        message: `the value of ${known} of ${nodes.value.length} nodes is known from the label ${settings.nodeAffinity.label}`,
      },
    ];
  return wrong.map((node) => ({
    check,
    level: 'finding',
    message: `node ${nodeName(node)} has ${settings.nodeAffinity.label}=${nodeValue(node, settings.nodeAffinity.label)}, which is no integer: no pod is ever sent there for it`,
    remedy: `kubectl label node ${nodeName(node)} ${settings.nodeAffinity.label}-`,
  }));
}
