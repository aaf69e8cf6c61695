import { get, type JsonObject, text, textMap } from '../core/json.ts';
import { NODE_IMAGES, type NodeImage } from './node-images.ts';

/** What a node probably has, by its image; never as sure as its label. */
export interface Estimate {
  readonly value: number;
  /** The kind of node: `Amazon Linux 2023 of EKS`. */
  readonly image: string;
  readonly source: string;
}

/** The estimate for a Node object, or null where nothing is established about its kind. */
export function estimateOf(node: JsonObject): Estimate | null {
  const image = NODE_IMAGES.find(({ known }) => isOfKind(node, known));
  if (!image || image.value === null) return null;
  return { value: image.value, image: image.title, source: image.source };
}

/** `likely 524288 (Amazon Linux 2023 of EKS ships it)`. */
export function estimateText({ value, image }: Estimate): string {
  return `likely ${value} (${image} ships it)`;
}

/** Whether a Node object is of a kind: everything that the kind is known by holds. */
export function isOfKind(node: JsonObject, { osImage, kubelet, kernel, provider, label }: NodeImage['known']): boolean {
  const info = get(get(node, 'status'), 'nodeInfo');
  const holds = (pattern: RegExp | undefined, value: string | undefined) =>
    pattern === undefined || (value !== undefined && pattern.test(value));
  const [key = '', wanted] = label?.split('=') ?? [];
  const labelled = textMap(get(node, 'metadata'), 'labels').get(key);
  return (
    holds(osImage, text(info, 'osImage')) &&
    holds(kubelet, text(info, 'kubeletVersion')) &&
    holds(kernel, text(info, 'kernelVersion')) &&
    holds(provider, text(get(node, 'spec'), 'providerID')) &&
    (label === undefined || (labelled !== undefined && (wanted === undefined || labelled === wanted)))
  );
}
