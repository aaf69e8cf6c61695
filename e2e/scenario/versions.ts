import { release } from 'node:os';
import type { Kubectl } from '../../tools/control-plane/kubectl.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import { versionOf } from '../../tools/programs/versions.ts';
import { ELASTICSEARCH } from '../images/images.ts';

/** What the scenario runs with, as the parts themselves say. */
export async function versionsIn(kubectl: Kubectl): Promise<Record<string, string>> {
  const info = JSON.parse(outputOf(await kubectl(['get', 'nodes', '--output', 'json']))) as {
    items: { status: { nodeInfo: { kubeletVersion: string; containerRuntimeVersion: string; osImage: string } } }[];
  };
  const { kubeletVersion = '', containerRuntimeVersion = '', osImage = '' } = info.items[0]?.status.nodeInfo ?? {};
  const runc = outputOf(await run('runc', ['--version']));
  return {
    Kubernetes: kubeletVersion,
    helm: versionOf('helm'),
    containerd: containerRuntimeVersion.replace('containerd://', ''),
    runc: /version (\S+)/.exec(runc)?.[1] ?? '',
    // Not what a distribution or a cloud adds to it.
    Linux: /^[\d.]+/.exec(release())?.[0] ?? '',
    'operating system': osImage,
    Elasticsearch: ELASTICSEARCH,
  };
}
