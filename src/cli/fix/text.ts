import type { Settings } from '../../core/settings.ts';
import { oneLine } from '../../core/warnings.ts';
import type { Examined } from './examine.ts';
import type { Left, Plan } from './plan.ts';
import { RAISE_NAMESPACE } from './raise-pod.ts';
import { podName } from './suspects.ts';

/** The plan for people: what is going to be done to which nodes and pods, and why. */
export function planText({ rollouts, restarts, raises }: Plan, settings: Settings): string {
  const pods = raises.flatMap((node) => node.pods);
  const [unknown] = pods.flatMap(({ again }) => (again.outcome === 'refused' ? [again.problem] : []));
  const lines = [
    ...section(
      'restart, since the webhook patches their pods and was away when these were created:',
      rollouts.map((group) => oneLine(`${group[0].controller.name} (${group.map(({ name }) => name).join(', ')})`)),
    ),
    ...section('delete, since the webhook gives the next ones what they need:', restarts.map(crashText)),
    ...section(
      `raise vm.max_map_count once, by a privileged pod of a few seconds in ${RAISE_NAMESPACE} (image ${settings.initContainer.image}):`,
      raises.map(({ node, value }) => `node ${node}: to at least ${value}`),
    ),
    ...section(
      'then delete, so that the next ones start at once:',
      pods.filter(({ isControlled }) => isControlled).map(crashText),
    ),
    ...section(
      'nobody makes these again, so they are not deleted; the kubelet tries them again within five minutes:',
      pods.filter(({ isControlled }) => !isControlled).map(crashText),
    ),
    ...(unknown === undefined ? [] : [oneLine(`whether a webhook would patch them is not known: ${unknown}`)]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

// Nobody reads more before saying yes.
const MOST_LINES = 20;

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > MOST_LINES ? [`  and ${lines.length - MOST_LINES} more`] : [];
  return [title, ...lines.slice(0, MOST_LINES).map((line) => `  ${line}`), ...more];
}

function crashText(pod: Examined): string {
  const { controller, node, crash, demand } = pod;
  const of = pod.isControlled ? ` of ${controller.name}` : '';
  const unread = crash?.unread === undefined ? '' : ` (its log was not read: ${crash.unread})`;
  const why = crash?.line ?? `container ${crash?.container} crashes, and the pod needs ${demand.value}${unread}`;
  return oneLine(`${podName(pod)}${of} on ${node}: ${why}`);
}

/** A pod that is left alone, in one line. */
export function leftText({ pod, why }: Left): string {
  const { line, unread } = pod.crash ?? {};
  const crash = line ?? (unread && `its log was not read: ${unread}`);
  return oneLine(`${podName(pod)} is left alone: ${why}${crash ? ` (${crash})` : ''}`);
}

/** What is asked before anything is written. */
export function questionFor({ rollouts, restarts, raises }: Plan): string {
  const deleted =
    restarts.length + raises.flatMap(({ pods }) => pods.filter(({ isControlled }) => isControlled)).length;
  const parts = [
    ...(rollouts.length > 0 ? [`restart ${counted(rollouts.length, 'workload')}`] : []),
    ...(raises.length > 0 ? [`raise vm.max_map_count on ${counted(raises.length, 'node')}`] : []),
    ...(deleted > 0 ? [`delete ${counted(deleted, 'pod')}`] : []),
  ].join(' and ');
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)}?`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** How to see what was made anew. */
export function watchText({ rollouts, restarts, raises }: Plan): string {
  const pods = [...rollouts.flat(), ...restarts, ...raises.flatMap((node) => node.pods)];
  const [first, ...others] = new Set(pods.map(({ namespace }) => namespace));
  const where = others.length > 0 ? '--all-namespaces' : `-n ${first}`;
  return `see them start: kubectl get pods ${where} --watch\n`;
}

/** What keeps it from happening again, after a value was raised once. */
export function lastingText({ raises }: Plan): string {
  const value = Math.max(...raises.map((node) => node.value));
  return [
    'A node forgets this when it starts anew, and a pod may move to another node. What lasts:',
    '  the webhook, which raises the value wherever such a pod lands: helm install max-map-count-webhook (README)',
    '  prepared nodes, without privileged containers in pods: preparedNodes.enabled=true in the chart (docs/prepared-nodes.md)',
    `  on a node of your own: echo vm.max_map_count=${value} > /etc/sysctl.d/99-max-map-count.conf`,
    '',
  ].join('\n');
}
