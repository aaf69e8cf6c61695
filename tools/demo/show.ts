import type { ControlPlane } from '../control-plane/control-plane.ts';
import { comparable, type PodStory } from './pods.ts';
import type { Pod, Stage } from './stage.ts';
import { difference, heading, indented, print, styled, table } from './terminal.ts';
import { ANNOTATION } from './verdict.ts';

/** Prints both pods side by side, and below what the webhook changed in each. */
export function showAdmission(stories: readonly PodStory[]): void {
  const row = (title: string, cell: (story: PodStory) => string) => [title, ...stories.map(cell)];
  table([
    row('', ({ deployment }) => deployment),
    row('image', ({ admitted }) => admitted.spec.containers.map(({ image }) => image).join(', ')),
    row('init containers', ({ admitted }) => initContainers(admitted)),
    row('annotation', ({ admitted }) => admitted.metadata.annotations?.[ANNOTATION] ?? 'none'),
    row('the webhook', (story) => (isChanged(story) ? 'changed it' : 'left it alone')),
  ]);
  for (const story of stories) showDifference(story);
}

function showDifference(story: PodStory): void {
  const { deployment, without, admitted } = story;
  const title = `The pod of ${deployment}, without the webhook (-) and with it (+):`;
  print(`\n   ${styled('bold', title)}`);
  if (isChanged(story)) difference(comparable(without), comparable(admitted));
  else indented('no difference', 'dim');
}

/** Prints a server-side dry run of a pod as a person would type it, and gives back the pod that came out of it. */
export async function showDryRun(stage: Stage, { manifest }: PodStory): Promise<Pod> {
  const { pod, said } = await stage.dryRun(manifest);
  indented(`$ kubectl create --dry-run=server -o yaml -f ${manifest.metadata.name}.yaml`, 'cyan');
  if (said.trim() === '') indented('(kubectl shows no warning)', 'dim');
  else indented(said, 'yellow');
  indented(`annotation:       ${pod.metadata.annotations?.[ANNOTATION] ?? 'none'}`);
  indented(`init containers:  ${initContainers(pod)}`);
  return pod;
}

/** Prints how to look around in a demo that goes on. */
export function showKept({ kubeconfig }: ControlPlane, kubectl: string): void {
  heading(6, 'Look around');
  indented('The control plane and the webhook go on. In another terminal:');
  indented(`export KUBECONFIG=${kubeconfig}`, 'cyan');
  indented(`${kubectl} get pods -o yaml`, 'cyan');
  indented(`${kubectl} run elastic --image=docker.elastic.co/elasticsearch/elasticsearch:9.0.0`, 'cyan');
  indented('There is no node, so pods stay Pending.');
  indented('Ctrl-C here stops every process and removes the temporary directory.');
}

function isChanged({ without, admitted }: PodStory): boolean {
  return comparable(without) !== comparable(admitted);
}

function initContainers(pod: Pod): string {
  return pod.spec.initContainers?.map(({ name }) => name).join(', ') ?? 'none';
}
