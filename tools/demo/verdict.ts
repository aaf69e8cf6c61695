import type { Pod } from './stage.ts';

/** The init container that the webhook adds, and the annotation that says so. */
export const CONTAINER = 'max-map-count';
export const ANNOTATION = 'max-map-count.io/applied';

/** What is wrong with a pod that should have been patched. */
export function problemsOfPatched(pod: Pod): string[] {
  const first = pod.spec.initContainers?.[0]?.name;
  const applied = pod.metadata.annotations?.[ANNOTATION];
  return [
    ...(first === CONTAINER
      ? []
      : [`${nameOf(pod)}: its first init container is ${first ?? 'not there'}, not ${CONTAINER}`]),
    ...(applied?.startsWith('init-container=')
      ? []
      : [`${nameOf(pod)}: the annotation ${ANNOTATION} is ${applied ?? 'not there'}`]),
  ];
}

/** What is wrong with a pod that should have been left alone. */
export function problemsOfUntouched(pod: Pod): string[] {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const applied = pod.metadata.annotations?.[ANNOTATION];
  return [
    ...(containers.some(({ name }) => name === CONTAINER) ? [`${nameOf(pod)}: has a container ${CONTAINER}`] : []),
    ...(applied === undefined ? [] : [`${nameOf(pod)}: has the annotation ${ANNOTATION}: ${applied}`]),
  ];
}

function nameOf({ metadata: { name } }: Pod): string {
  return `pod ${name}`;
}
