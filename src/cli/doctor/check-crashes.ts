import { CONTAINER_NAME, WRITE_REFUSED } from '../../core/init-container.ts';
import { type CheckResult, result, unknown } from './check-result.ts';
import type { Controller } from './controller.ts';
import { cureOfMissed } from './cure.ts';
import { few, type Group, namesOf } from './groups.ts';
import { RIGHTS } from './rights.ts';
import type { Survey } from './survey.ts';
import type { CrashOf, Sweep } from './sweep.ts';

/** Which containers crash because the value is too low. */
export function checkCrashes(survey: Survey): CheckResult[] {
  const { pods } = survey;
  // The check of the pods says why they are not known.
  if (!pods.ok) return [unknown('crashes', pods)];
  const found = few(
    pods.value.crashes,
    (group) => crashResult(group, survey),
    (message) => result('crash-too-low', message),
  );
  const unread = unreadResult(pods.value);
  const none = result('crashes-none', 'no container crashes with a product’s line about vm.max_map_count');
  return [...(found.length > 0 || unread ? found : [none]), ...(unread ? [unread] : [])];
}

function crashResult(group: Group<CrashOf>, survey: Survey): CheckResult {
  const { owner, first, count } = group;
  const where = group.nodes.join(', ') || 'no node';
  const pods = count === 1 ? `pod ${namesOf(group)}` : `${count} pods (${namesOf(group)})`;
  const message = `${owner.name}: container ${first.container} of ${pods} on ${where} crashes: ${first.line}`;
  if (first.container !== CONTAINER_NAME) return result('crash-too-low', message, cureOf(group, survey));
  if (first.line.startsWith(WRITE_REFUSED)) {
    return result(
      'crash-write-refused',
      message,
      `raise vm.max_map_count on node ${where} itself: it refuses the write`,
    );
  }
  const log = `kubectl -n ${owner.namespace} logs ${group.pods[0]} -c ${CONTAINER_NAME}`;
  return result('crash-init-container', message, `kubectl -n ${owner.namespace} describe pod ${group.pods[0]}; ${log}`);
}

function cureOf(group: Group<CrashOf>, survey: Survey): string {
  const { owner, first, pods } = group;
  const { decision, rows } = first;
  if (decision.decision === 'patch') return cureOfMissed(group, survey);
  if (decision.reason === 'not-matched' || decision.reason === 'uncertain') return declared(owner, rows);
  return `kubectl max-map-count explain pod/${pods[0]} -n ${owner.namespace}   # why it is left alone (${decision.reason}), and what would change that`;
}

// Forks of one server share their words.
function declared(owner: Controller, [first = '', ...others]: readonly string[]): string {
  return `${owner.declare(first)}${others.length > 0 ? `   # or ${others.join(', ')}` : ''}`;
}

function unreadResult({ unread, logRefusal }: Sweep): CheckResult | undefined {
  if (logRefusal) {
    const problem = `you are not allowed to get pods/log (403): ${ended(unread)}, and what was said last is not known`;
    return unknown('crashes', { ok: false, problem, rule: RIGHTS.logs });
  }
  if (unread === 0) return undefined;
  const message = `${ended(unread)} without a log that can be read, or with too many of them: narrow it with -n`;
  return result('crash-logs-unread', message);
}

function ended(count: number): string {
  return count === 1 ? '1 container ended badly' : `${count} containers ended badly`;
}
