import { nodeValue } from '../node.ts';
import { type CheckResult, result, unknown } from './check-result.ts';
import { cureOfMissed } from './cure.ts';
import { few, namesOf } from './groups.ts';
import type { Survey } from './survey.ts';
import type { Pending } from './sweep.ts';

/** Which running pods should have been patched and were not: they were created while the webhook was away. */
export function checkPods(survey: Survey): CheckResult[] {
  const { pods, only } = survey;
  if (!pods.ok) return [unknown('pods', pods)];
  const { missed, read, isCut } = pods.value;
  const cut = isCut
    ? [result('pods-cut', `only the first ${read} pods were looked at: raise --limit, or narrow it with -n`)]
    : [];
  const found = few(
    missed,
    (group) => {
      const count = group.count === 1 ? 'a pod that was' : `${group.count} pods that were`;
      const message = `${group.owner.name} has ${count} not patched when created (${namesOf(group)})`;
      return result('pods-missed', message, cureOfMissed(group, survey));
    },
    (message) => result('pods-missed', message),
  );
  const where = only ? ` of namespace ${only}` : '';
  const none = `none of ${read} pods${where} lacks a patch that it should have`;
  return [...(found.length > 0 ? found : [result('pods-patched', none)]), ...cut];
}

/** Which pods wait for an image: that of our init container, or that of one which raises the value in its place. */
export function checkImages({ pods }: Survey): CheckResult[] {
  // The check of the pods says why they are not known.
  if (!pods.ok) return [];
  const { ourImages, theirImages } = pods.value;
  const ours = few(
    ourImages,
    (group) => {
      const { image, why } = group.first;
      const message = `${group.owner.name}: ${namesOf(group)} cannot start, because the image of our init container, ${image}, cannot be had: ${why}`;
      const remedy = `set config.initContainer.image in the chart to a copy that the nodes can pull, then ${group.owner.restart}`;
      return result('image-of-ours', message, remedy);
    },
    (message) => result('image-of-ours', message),
  );
  const theirs = few(
    theirImages,
    (group) => {
      const { container, image, why } = group.first;
      const message = `${group.owner.name}: ${namesOf(group)} cannot start, because the image of its own init container ${container}, ${image}, cannot be had: ${why}`;
      const remedy = `remove ${container} from the pod template, and the webhook adds its own; or give it an image that still exists (docker.io/bitnami moved to docker.io/bitnamilegacy)`;
      return result('image-of-authors', message, remedy);
    },
    (message) => result('image-of-authors', message),
  );
  const found = [...ours, ...theirs];
  return found.length > 0 ? found : [result('images-pulled', 'no pod waits for the image that raises the value')];
}

/** Which pods find no prepared node. */
export function checkPending(survey: Survey): CheckResult[] {
  if (!survey.pods.ok) return [];
  const found = few(
    survey.pods.value.pending,
    (group) => {
      const { value, why } = group.first;
      const fitting = fittingNodes(survey, value);
      const message = `${group.owner.name}: ${namesOf(group)} may only run on nodes labelled ${survey.settings.nodeAffinity.label} of at least ${value}, ${fitting}; the scheduler: ${why}`;
      return result('pending-unprepared', message, remedyOf(survey, group.first));
    },
    (message) => result('pending-unprepared', message),
  );
  return found.length > 0 ? found : [result('pending-none', 'no pod waits for a prepared node')];
}

function countFitting({ nodes, settings }: Survey, value: number): number | undefined {
  if (!nodes.ok) return undefined;
  return nodes.value.filter((node) => Number(nodeValue(node, settings.nodeAffinity.label) ?? Number.NaN) >= value)
    .length;
}

function fittingNodes(survey: Survey, value: number): string {
  const count = countFitting(survey, value);
  if (count === undefined) return 'and whether there are any cannot be seen';
  if (count === 0) return 'and there is none';
  return `and ${count === 1 ? 'the one that is has' : `the ${count} that are have`} no room for it or ${count === 1 ? 'is' : 'are'} ruled out otherwise`;
}

function remedyOf(survey: Survey, { value }: Pending): string {
  return (countFitting(survey, value) ?? 0) > 0
    ? 'prepare more nodes: helm upgrade the chart with preparedNodes.enabled=true'
    : 'prepare nodes: helm upgrade the chart with preparedNodes.enabled=true; with an autoscaler, label the node pool too';
}
