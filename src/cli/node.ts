import { get, type JsonObject, text, textMap } from '../core/json.ts';

/** The value that a node is labelled with, as it stands there; null without the label. */
export function nodeValue(node: JsonObject, label: string): string | null {
  return textMap(get(node, 'metadata'), 'labels').get(label) ?? null;
}

/** A node's name. */
export function nodeName(node: JsonObject): string {
  return text(get(node, 'metadata'), 'name') ?? '';
}
