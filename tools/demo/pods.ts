import { stringify } from 'yaml';
import type { Deployment } from '../stand-in/replicas.ts';
import { type Pod, type Stage, UNSEEN_NAMESPACE } from './stage.ts';

/** The pods of one Deployment: asked for, as it would be without the webhook, and as the API server admitted it. */
export interface PodStory {
  readonly deployment: string;
  /** A plain Pod made of the Deployment's template, with the Deployment's name. */
  readonly manifest: Pod;
  readonly without: Pod;
  readonly admitted: Pod;
}

/** Waits for the Deployment's pod, and asks by a dry run what it would be without the webhook. */
export async function tellStory(stage: Stage, deployment: Deployment): Promise<PodStory> {
  const { name } = deployment.metadata;
  const { template } = deployment.spec;
  const admitted = await stage.podOf(deployment);
  const { labels = {} } = admitted.metadata;
  const manifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name, labels },
    spec: template.spec as unknown as Pod['spec'],
  };
  const { pod: without } = await stage.dryRun(manifest, UNSEEN_NAMESPACE);
  return { deployment: name, manifest, without, admitted };
}

/** A pod as YAML with sorted keys, without what differs between two pods of any one template. */
export function comparable({ metadata: { labels, annotations }, spec }: Pod): string {
  const options = { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: true };
  const yaml = stringify({ metadata: { annotations, labels }, spec }, options);
  return yaml.replaceAll(/\bkube-api-access-\w+/g, 'kube-api-access');
}
