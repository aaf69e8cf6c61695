import { nodeName, nodeValue } from '../node.ts';
import { checkCertificate } from './check-certificate.ts';
import { checkCrashes } from './check-crashes.ts';
import { checkLatency } from './check-latency.ts';
import { checkNodes } from './check-nodes.ts';
import { checkOwnPods } from './check-own-pods.ts';
import { checkPodSecurity } from './check-pod-security.ts';
import { checkImages, checkPending, checkPods } from './check-pods.ts';
import { checkProbe } from './check-probe.ts';
import type { CheckResult } from './check-result.ts';
import { checkWebhook } from './check-webhook.ts';
import type { Survey, WebhookSurvey } from './survey.ts';

/** The report as data, which `-o json` prints; a change that could break a reader gets another version. */
export interface Diagnosis {
  readonly version: 1;
  readonly context: string;
  readonly server: string;
  readonly findings: readonly CheckResult[];
  readonly nodes: readonly { readonly name: string; readonly value: string | null }[];
}

/** Every check of the webhook itself. */
export function diagnoseWebhook(facts: WebhookSurvey, now: Date): CheckResult[] {
  return [
    ...checkWebhook(facts),
    ...checkOwnPods(facts),
    ...checkCertificate(facts, now),
    ...checkProbe(facts),
    ...checkPodSecurity(facts),
    ...checkLatency(facts),
  ];
}

/** Every check on what was read from the cluster. */
export function diagnose(facts: Survey, now: Date): CheckResult[] {
  return few([
    ...diagnoseWebhook(facts, now),
    ...checkPods(facts),
    ...checkCrashes(facts),
    ...checkImages(facts),
    ...checkPending(facts),
    ...checkNodes(facts),
  ]);
}

// What is put together by owner has its own count, which comes last and fits in.
const MOST_ALIKE = 21;

/** The first results of each kind, and how many more there are. */
function few(results: readonly CheckResult[]): CheckResult[] {
  const seen = new Map<string, number>();
  for (const { id } of results) seen.set(id, (seen.get(id) ?? 0) + 1);
  const shown = new Map<string, number>();
  return results.flatMap((each) => {
    const count = (shown.get(each.id) ?? 0) + 1;
    shown.set(each.id, count);
    const left = (seen.get(each.id) ?? 0) - MOST_ALIKE;
    if (count <= MOST_ALIKE) return [each];
    const { remedy: _, ...rest } = each;
    return count === MOST_ALIKE + 1 ? [{ ...rest, message: `and ${left} more like these` }] : [];
  });
}

/** The table of nodes. */
export function nodesOf({ nodes, settings }: Survey): Diagnosis['nodes'] {
  const items = nodes.ok ? nodes.value : [];
  return items.map((node) => ({ name: nodeName(node), value: nodeValue(node, settings.nodeAffinity.label) }));
}
