import type { AllowedStrategy } from '../../core/decision.ts';
import { evaluate } from '../../core/evaluate.ts';
import { get, type JsonObject, text } from '../../core/json.ts';
import { type CheckResult, unknown } from './check-result.ts';
import { controllerOf } from './controller.ts';
import { entryFor } from './registration.ts';
import type { Survey } from './survey.ts';

const MOST_NAMES = 3;

/** Which running pods should have been patched and were not: they were created while the webhook was away. */
export function checkPods(survey: Survey): CheckResult[] {
  const check = 'pods';
  const { pods, only } = survey;
  if (!pods.ok) return [unknown(check, pods)];
  const missed = pods.value.items.filter((pod) => isAlive(pod) && isMissed(pod, survey));
  const cut: CheckResult[] = pods.value.isCut
    ? [
        {
          check,
          level: 'unknown',
          message: `only the first ${pods.value.items.length} pods were looked at: raise --limit, or narrow it with -n`,
        },
      ]
    : [];
  if (missed.length > 0) return [...byController(missed), ...cut];
  const where = only ? ` of namespace ${only}` : '';
  return [
    {
      check,
      level: 'ok',
      message: `none of ${pods.value.items.length} pods${where} lacks a patch that it should have`,
    },
    ...cut,
  ];
}

function isAlive(pod: JsonObject): boolean {
  const phase = text(get(pod, 'status'), 'phase');
  return phase !== 'Succeeded' && phase !== 'Failed' && get(get(pod, 'metadata'), 'deletionTimestamp') === undefined;
}

function isMissed(pod: JsonObject, survey: Survey): boolean {
  const strategy = strategyFor(text(get(pod, 'metadata'), 'namespace') ?? '', survey);
  if (strategy === undefined || strategy === 'none') return false;
  return evaluate(pod, { strategy }, survey.settings).decision === 'patch';
}

// Where the webhook is not registered, or namespaces cannot be read, what it does by default counts.
function strategyFor(namespace: string, { registrations, namespaces }: Survey): AllowedStrategy | undefined {
  if (['kube-system', 'kube-public', 'kube-node-lease'].includes(namespace)) return undefined;
  const labels = namespaces.ok ? namespaces.value.get(namespace) : undefined;
  if (!labels || !registrations.ok || registrations.value.length === 0) return 'init-container';
  return entryFor(registrations.value, labels)?.strategy;
}

function byController(pods: readonly JsonObject[]): CheckResult[] {
  const groups = new Map<string, JsonObject[]>();
  for (const pod of pods) {
    const { name } = controllerOf(pod);
    groups.set(name, [...(groups.get(name) ?? []), pod]);
  }
  return [...groups].map(([name, group]): CheckResult => {
    const names = group.slice(0, MOST_NAMES).map((pod) => text(get(pod, 'metadata'), 'name') ?? '');
    const list = `${names.join(', ')}${group.length > MOST_NAMES ? ', ...' : ''}`;
    const count = group.length === 1 ? 'a pod that was' : `${group.length} pods that were`;
    const remedy = group[0] ? controllerOf(group[0]).restart : '';
    return {
      check: 'pods',
      level: 'finding',
      message: `${name} has ${count} not patched when created (${list})`,
      remedy,
    };
  });
}

/** Which containers crash because the value is too low. */
export function checkCrashes({ crashes }: Survey): CheckResult[] {
  const check = 'crashes';
  if (!crashes.ok) return [unknown(check, crashes)];
  if (crashes.value.length === 0)
    return [{ check, level: 'ok', message: 'no container crashes with the line about vm.max_map_count' }];
  return crashes.value.map(({ pod, container, line }): CheckResult => {
    const node = text(get(pod, 'spec'), 'nodeName') ?? 'no node';
    const { name, restart } = controllerOf(pod);
    const podName = text(get(pod, 'metadata'), 'name') ?? '';
    const remedy =
      container === 'max-map-count' ? `raise vm.max_map_count on node ${node} itself: it refuses the write` : restart;
    return {
      check,
      level: 'finding',
      message: `${name}: container ${container} of pod ${podName} on ${node} crashes: ${line}`,
      remedy,
    };
  });
}
