import { isMap, isNode, isScalar, isSeq, type Node, type Pair, stringify, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Json } from '../../core/json.ts';
import type { Operation } from '../../core/operation.ts';
import { tokensOf } from './pointer.ts';
import type { Edit } from './text-edit.ts';

/**
 * The edits of a YAML or JSON text that add a value at a JSON Pointer and leave every other character alone; none where it
 * says so already. Undefined where no such edit is known; whether the result says what it should is for the caller to
 * check, by parsing it.
 */
export function editsFor(root: unknown, source: string, { path, value }: Operation): Edit[] | undefined {
  const tokens = tokensOf(path);
  const key = tokens.pop() ?? '';
  const place = find(root, tokens);
  if (!place) return undefined;
  const writing: Writing = { source, eol: source.includes('\r\n') ? '\r\n' : '\n', key, value };
  if (isMap(place.node)) return addKey(writing, place.node, place.pair);
  return isSeq(place.node) ? addItem(writing, place.node, place.pair) : undefined;
}

interface Writing {
  readonly source: string;
  readonly eol: string;
  readonly key: string;
  readonly value: Json;
}

interface Place {
  readonly node: unknown;
  /** The pair whose value the node is, when a map holds it. */
  readonly pair: Pair | undefined;
}

function find(root: unknown, tokens: readonly string[]): Place | undefined {
  let place: Place = { node: root, pair: undefined };
  for (const token of tokens) {
    if (isMap(place.node)) {
      const pair = pairAt(place.node, token);
      if (pair === undefined) return undefined;
      place = { node: pair.value, pair };
    } else if (isSeq(place.node)) {
      place = { node: place.node.items[Number(token)], pair: undefined };
    } else return undefined;
  }
  return place;
}

function pairAt(map: YAMLMap, key: string): Pair | undefined {
  // Of a key that is given twice, the last counts.
  return map.items.findLast((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

function addKey(writing: Writing, map: YAMLMap, pair: Pair | undefined): Edit[] | undefined {
  const { key, value } = writing;
  const existing = pairAt(map, key);
  if (existing) return replace(writing, map, existing);
  if (map.flow) return openFlow(writing, map, { [key]: value });
  return openBlock(writing, map, pair, yaml({ [key]: value }));
}

function addItem(writing: Writing, list: YAMLSeq, pair: Pair | undefined): Edit[] | undefined {
  const { key, value } = writing;
  if (key === '-' && list.items.length > 0) return append(writing, list);
  if (list.flow) return openFlow(writing, list, [value]);
  return openBlock(writing, list, pair, yaml([value]));
}

// After the line of the parent's key: a comment above the first entry stays with that entry.
function openBlock({ source, eol }: Writing, node: Node, pair: Pair | undefined, lines: string[]): Edit[] | undefined {
  const start = node.range?.[0];
  if (start === undefined) return undefined;
  const indent = ' '.repeat(columnOf(source, start));
  const keyEnd = pair ? endOf(pair.key) : undefined;
  const lineEnd = keyEnd === undefined ? -1 : source.indexOf('\n', keyEnd) + 1;
  if (lineEnd > 0 && lineEnd <= start) return [insertion(lineEnd, indented(lines, indent, eol))];
  // A map in a list, whose first key stands behind the dash: ours becomes the second.
  const firstEnd = isMap(node) ? endOf(node.items[0]?.value) : undefined;
  if (firstEnd !== undefined) return [lineAfter(source, firstEnd, indented(lines, indent, eol), eol)];
  return [insertion(start, `${lines.join(`${eol}${indent}`)}${eol}${indent}`)];
}

// Right after the bracket: what follows may end in a comment or a trailing comma.
function openFlow({ source, eol }: Writing, node: YAMLMap | YAMLSeq, addition: Json): Edit[] | undefined {
  const start = node.range?.[0];
  if (start === undefined) return undefined;
  if (node.items.length === 0) return [insertion(start + 1, inside(flow(addition, isJson(source, node))))];
  const indent = /^[ \t]*\r?\n([ \t]*)/.exec(source.slice(start + 1))?.[1];
  if (indent === undefined) {
    const padding = /^[ \t]*/.exec(source.slice(start + 1))?.[0] ?? '';
    const text = `${padding}${inside(flow(addition, isJson(source, node)))},${padding || ' '}`;
    return [{ at: start + 1, remove: padding.length, insert: text }];
  }
  if (!isJson(source, node)) return [insertion(start + 1, `${eol}${indent}${inside(flow(addition, false))},`)];
  const json = JSON.stringify(addition, null, indent.includes('\t') ? '\t' : 2)
    .split('\n')
    .slice(1, -1);
  const unit = /^\s*/.exec(json[0] ?? '')?.[0].length ?? 0;
  return [insertion(start + 1, `${json.map((line) => `${eol}${indent}${line.slice(unit)}`).join('')},`)];
}

// As the author writes: `"key": "value"`, or `key: value` where a key of theirs stands without quotes.
function isJson(source: string, node: YAMLMap | YAMLSeq): boolean {
  const first = isMap(node) ? node.items[0]?.key : node.items[0];
  const start = isNode(first) ? first.range?.[0] : undefined;
  if (isScalar(first) && start !== undefined) return source[start] === '"';
  if (isMap(first) || isSeq(first)) return isJson(source, first);
  return /^\s*\{\s*"/.test(source);
}

function flow(value: Json, json: boolean): string {
  if (!json) return stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trimEnd();
  return JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/([[{]) | (?=[\]}])/g, '$1');
}

function inside(collection: string): string {
  return collection.slice(1, -1);
}

function append({ source, eol, value }: Writing, list: YAMLSeq): Edit[] | undefined {
  const end = endOf(list.items.at(-1));
  const start = list.range?.[0];
  if (end === undefined || start === undefined) return undefined;
  if (list.flow) return [insertion(end, `, ${inside(flow([value], isJson(source, list)))}`)];
  const text = indented(yaml([value]), ' '.repeat(columnOf(source, start)), eol);
  return [lineAfter(source, end, text, eol)];
}

/** An insertion of whole lines after what ends at an offset, and after a comment behind it. */
function lineAfter(source: string, end: number, text: string, eol: string): Edit {
  if (source[end - 1] === '\n') return insertion(end, text);
  const lineEnd = source.indexOf('\n', end) + 1;
  return lineEnd > 0 ? insertion(lineEnd, text) : insertion(source.length, `${eol}${text}`);
}

// A key without a value gets one, and a short text another; a value that is there already needs no edit.
function replace({ source, eol, value }: Writing, map: YAMLMap, { key, value: old }: Pair): Edit[] | undefined {
  if (!isScalar(old) || !old.range) return undefined;
  if (old.value === value) return [];
  const [from, to] = old.range;
  if (typeof value !== 'object' && to > from && !source.slice(from, to).includes('\n')) {
    return [{ at: from, remove: to - from, insert: JSON.stringify(value) }];
  }
  const keyEnd = endOf(key);
  const start = map.range?.[0];
  if (old.value !== null || keyEnd === undefined || start === undefined) return undefined;
  if (map.flow)
    return to > from ? [{ at: from, remove: to - from, insert: flow(value, isJson(source, map)) }] : undefined;
  const text = indented(yaml(value), ' '.repeat(columnOf(source, start) + 2), eol);
  const added = lineAfter(source, keyEnd, text, eol);
  return [...(to > from ? [{ at: from, remove: to - from, insert: '' }] : []), added];
}

function yaml(value: unknown): string[] {
  return stringify(value, { lineWidth: 0 }).trimEnd().split('\n');
}

function indented(lines: readonly string[], indent: string, eol: string): string {
  return lines.map((line) => `${line === '' ? '' : indent}${line}${eol}`).join('');
}

function insertion(at: number, insert: string): Edit {
  return { at, remove: 0, insert };
}

function columnOf(source: string, offset: number): number {
  return offset - (source.lastIndexOf('\n', offset - 1) + 1);
}

function endOf(node: unknown): number | undefined {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? Number(node.range[1])
    : undefined;
}
