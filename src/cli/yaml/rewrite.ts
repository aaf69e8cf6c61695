import { isNode, stringify } from 'yaml';
import { type Json, type JsonObject, sameJson } from '../../core/json.ts';
import type { Operation } from '../../core/operation.ts';
import { editsFor } from './edit.ts';
import { type Manifest, parseManifests } from './parse.ts';
import { applied } from './pointer.ts';
import { type Edit, withEdits } from './text-edit.ts';

/** One document of a text with what stands around it, before and after changes. */
export interface Part {
  /** A document that had to be printed anew stands in its new form here too, so that a diff shows only additions. */
  readonly before: string;
  readonly after: string;
  readonly isPrintedAnew: boolean;
}

/**
 * Makes additions to the documents of a text, and returns it in parts that make up the whole. Every other character
 * stays as it is: comments, key order, quotes, other documents. Each changed document is parsed again and compared with
 * what it must say; where no textual edit does it, because anchors or merge keys are in the way, it is printed anew.
 */
export function rewrite(
  source: string,
  manifests: readonly Manifest[],
  changes: ReadonlyMap<number, readonly Operation[]>,
): Part[] {
  const starts = manifests.map(({ document }, index) => (index === 0 ? 0 : lineStart(source, document.range[0])));
  if (manifests.length === 0) return [{ before: source, after: source, isPrintedAnew: false }];
  return manifests.map((manifest, index) => {
    const [start = 0, end = source.length] = starts.slice(index, index + 2);
    const operations = changes.get(index);
    const before = source.slice(start, end);
    if (operations === undefined) return { before, after: before, isPrintedAnew: false };
    return changed({ source, start, end }, manifest, operations);
  });
}

interface Range {
  readonly source: string;
  readonly start: number;
  readonly end: number;
}

function changed({ source, start, end }: Range, manifest: Manifest, operations: readonly Operation[]): Part {
  const before = source.slice(start, end);
  const make = (edits: readonly Edit[]) =>
    withEdits(
      before,
      edits.map((edit) => ({ ...edit, at: edit.at - start })),
    );
  const wanted = applied(manifest.content as JsonObject, operations);
  const edits = textEdits(source, manifest, operations);
  const after = edits && make(edits);
  const parsed = after === undefined ? undefined : parseManifests('', after);
  if (after !== undefined && parsed?.ok && sameJson(parsed.manifests[0]?.content as Json, wanted)) {
    return { before, after, isPrintedAnew: false };
  }
  return {
    before: make([printAnew(source, manifest, manifest.content)]),
    after: make([printAnew(source, manifest, wanted)]),
    isPrintedAnew: true,
  };
}

function lineStart(source: string, offset: number): number {
  return source.lastIndexOf('\n', offset - 1) + 1;
}

function textEdits(source: string, manifest: Manifest, operations: readonly Operation[]): Edit[] | undefined {
  const edits: Edit[] = [];
  for (const operation of operations) {
    const some = editsFor(manifest.document.contents, source, operation);
    if (some === undefined) return undefined;
    edits.push(...some);
  }
  return edits;
}

function printAnew(source: string, { document }: Manifest, content: unknown): Edit {
  const range = isNode(document.contents) ? document.contents.range : undefined;
  const [from, to] = range ?? [0, source.length];
  const isOnOwnLine = from === 0 || source[from - 1] === '\n';
  const text = stringify(content, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
  const end = source.slice(from, to).endsWith('\n') ? '\n' : '';
  return { at: from, remove: to - from, insert: `${isOnOwnLine ? '' : '\n'}${text}${end}` };
}
