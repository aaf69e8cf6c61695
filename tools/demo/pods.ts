import { stringify } from 'yaml';
import type { Kubectl } from '../control-plane/kubectl.ts';
import { eventually } from '../process/eventually.ts';
import { outputOf, type Result } from '../process/run.ts';

/** The parts of a pod that the demo looks at. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly initContainers?: readonly Container[]; readonly containers: readonly Container[] };
}

interface Container {
  readonly name: string;
  readonly image: string;
}

/** The pods of one Deployment: asked for, as it would be without the webhook, and as the API server admitted it. */
export interface PodStory {
  readonly deployment: string;
  /** A plain Pod made of the Deployment's template, with the Deployment's name. */
  readonly manifest: Pod;
  readonly without: Pod;
  readonly admitted: Pod;
}

/** The webhook is not called for this namespace: its label asks for that. */
export const UNSEEN_NAMESPACE = 'without-webhook';

const POD_SECONDS = 30;

/** Waits for the Deployment's pod, and asks by a dry run what it would be without the webhook. */
export async function tellStory(kubectl: Kubectl, deployment: string): Promise<PodStory> {
  const { spec } = JSON.parse(outputOf(await kubectl(['get', 'deployment', deployment, '-o', 'json']))) as {
    spec: { selector: { matchLabels: Record<string, string> }; template: Pod };
  };
  const selector = Object.entries(spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  const admitted = await eventually(`waiting for the pod of ${deployment}`, () => podOf(kubectl, selector.join()), {
    seconds: POD_SECONDS,
  });
  const { labels = {} } = admitted.metadata;
  const head = { apiVersion: 'v1', kind: 'Pod' };
  const manifest = {
    ...head,
    metadata: { ...spec.template.metadata, name: deployment, labels },
    spec: spec.template.spec,
  };
  const without = outputOf(await dryRun(kubectl, manifest, 'json', UNSEEN_NAMESPACE));
  return { deployment, manifest, without: JSON.parse(without), admitted };
}

/** `kubectl create --dry-run=server` of a pod. */
export function dryRun(kubectl: Kubectl, pod: Pod, output: string, namespace = 'default'): Promise<Result> {
  const args = ['create', '--dry-run=server', '--namespace', namespace, '-o', output, '-f', '-'];
  return kubectl(args, { input: JSON.stringify(pod) });
}

/** A pod as YAML, without what differs between two pods of any one template. */
export function comparable({ metadata: { labels, annotations }, spec }: Pod): string {
  const yaml = stringify({ metadata: { annotations, labels }, spec }, { lineWidth: 0, aliasDuplicateObjects: false });
  return yaml.replaceAll(/\bkube-api-access-\w+/g, 'kube-api-access');
}

async function podOf(kubectl: Kubectl, selector: string): Promise<Pod> {
  const list = outputOf(await kubectl(['get', 'pods', '--selector', selector, '-o', 'json']));
  const [pod] = (JSON.parse(list) as { items: Pod[] }).items;
  if (pod === undefined) throw new Error('there is none yet');
  return pod;
}
