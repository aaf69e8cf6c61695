import { guaranteedBySelection } from '../../core/affinity.ts';
import { get, type JsonObject, text } from '../../core/json.ts';
import { readPod } from '../../core/read-pod.ts';
import type { Settings } from '../../core/settings.ts';
import { targetOf } from '../../core/version.ts';
import { nodeName, nodeValue } from '../node.ts';
import { type Estimate, estimateOf } from '../node-estimate.ts';

/** A pod that may only run on nodes labelled with a value. */
export interface PinnedPod {
  readonly namespace: string;
  readonly name: string;
  /** The lowest value that its node selection admits. */
  readonly needs: number;
}

/** One node, as its label tells. */
export interface ReportedNode {
  readonly name: string;
  /** The label as it stands there; null without one. */
  readonly label: string | null;
  /** The label as a number; null when it is none. */
  readonly value: number | null;
  /** What its image probably has; null with a label, and where nothing is established. */
  readonly likely: Estimate | null;
  /** The workloads whose value the node has, as far as its label tells: that is what the scheduler goes by. */
  readonly fits: readonly string[];
  readonly tooLowFor: readonly string[];
  readonly pods: readonly (PinnedPod & { readonly isTooLow: boolean })[];
}

/** What the labels of the nodes mean for workloads and for pods. */
export interface NodesReport {
  readonly label: string;
  readonly nodes: readonly ReportedNode[];
  /** Pods on no node yet. */
  readonly waiting: readonly (PinnedPod & { readonly nodes: readonly string[] })[];
}

/** Puts nodes, workloads and pods together. */
export function reportOn(
  nodes: readonly JsonObject[],
  pods: readonly JsonObject[],
  { nodeAffinity: { label }, catalogue, level }: Settings,
): NodesReport {
  const targets = catalogue.rows.map((row) => ({ name: row.name, target: targetOf(row, undefined, level) }));
  const pinned = pods.flatMap((pod) => pinnedPod(pod, label));
  const reported = nodes.map((node): ReportedNode => {
    const [name, text] = [nodeName(node), nodeValue(node, label)];
    const value = integerIn(text);
    const isEnough = (needed: number) => (value ?? 0) >= needed;
    return {
      name,
      label: text,
      value,
      likely: text === null ? estimateOf(node) : null,
      fits: targets.filter(({ target }) => isEnough(target)).map((row) => row.name),
      tooLowFor: targets.filter(({ target }) => !isEnough(target)).map((row) => row.name),
      pods: pinned.filter(({ on }) => on === name).map(({ pod }) => ({ ...pod, isTooLow: !isEnough(pod.needs) })),
    };
  });
  const waiting = pinned.filter(({ on }) => on === undefined);
  return {
    label,
    nodes: reported,
    waiting: waiting.map(({ pod }) => ({
      ...pod,
      nodes: reported.filter(({ value }) => (value ?? 0) >= pod.needs).map(({ name }) => name),
    })),
  };
}

function pinnedPod(raw: JsonObject, label: string): { pod: PinnedPod; on: string | undefined }[] {
  const pod = readPod(raw);
  const needs = pod && guaranteedBySelection(pod, label);
  const isOver = ['Succeeded', 'Failed'].includes(text(get(raw, 'status'), 'phase') ?? '');
  if (needs === undefined || isOver) return [];
  const metadata = get(raw, 'metadata');
  const [namespace = '', name = ''] = [text(metadata, 'namespace'), text(metadata, 'name')];
  return [{ pod: { namespace, name, needs }, on: text(get(raw, 'spec'), 'nodeName') }];
}

// As the scheduler's Gt reads a label (strconv.ParseInt); anything else matches no pod.
function integerIn(label: string | null): number | null {
  return label !== null && /^\d{1,15}$/.test(label) ? Number(label) : null;
}
