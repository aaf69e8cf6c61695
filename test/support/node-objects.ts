// Node objects as kubelets of known platforms report them.
import type { JsonObject } from '../../src/core/json.ts';

/** What tells nodes apart. */
export interface NodeKind {
  readonly osImage?: string;
  readonly kubelet?: string;
  readonly kernel?: string;
  readonly provider?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A Node of that kind. */
export function nodeObject(name: string, { osImage, kubelet, kernel, provider, labels = {} }: NodeKind): JsonObject {
  const nodeInfo = {
    ...(osImage !== undefined && { osImage }),
    ...(kubelet !== undefined && { kubeletVersion: kubelet }),
    ...(kernel !== undefined && { kernelVersion: kernel }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { ...labels } },
    spec: provider === undefined ? {} : { providerID: provider },
    status: { nodeInfo },
  };
}
