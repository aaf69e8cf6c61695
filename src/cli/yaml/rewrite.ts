import { isNode, stringify, visit } from 'yaml';
import { type Json, type JsonObject, sameJson } from '../../core/json.ts';
import type { Operation } from '../../core/operation.ts';
import { editsFor } from './edit.ts';
import { type BrokenManifest, type Manifest, parseManifests } from './parse.ts';
import { applied } from './pointer.ts';
import { type Edit, withEdits } from './text-edit.ts';

/** One document of a text with what stands around it, before and after changes. */
export interface Part {
  /** A document that had to be printed anew stands in its new form here too, so that a diff shows only additions. */
  readonly before: string;
  readonly after: string;
  /** Why the document had to be printed anew, without its comments; undefined when it was not. */
  readonly printedAnew: string | undefined;
}

/**
 * Makes additions to the documents of a text, and returns it in parts that make up the whole. Every other character
 * stays as it is: comments, key order, quotes, other documents. Each changed document is parsed again and compared with
 * what it must say; where no textual edit does it, because anchors or merge keys are in the way, it is printed anew.
 */
export function rewrite(
  manifests: readonly (Manifest | BrokenManifest)[],
  changes: ReadonlyMap<number, readonly Operation[]>,
): Part[] {
  return manifests.map((manifest, index) => {
    const operations = changes.get(index);
    if (operations !== undefined && manifest.ok) return changed(manifest, operations);
    return { before: manifest.text, after: manifest.text, printedAnew: undefined };
  });
}

function changed(manifest: Manifest, operations: readonly Operation[]): Part {
  const { text, mended, content } = manifest;
  // The text as the parser saw it; its offsets are those of the edits.
  const source = withEdits(text, mended);
  const wanted = applied(content as JsonObject, operations);
  const edits = textEdits(source, manifest, operations);
  const after = edits && withEdits(source, [...edits, ...undone(mended)]);
  const [parsed] = after === undefined ? [] : parseManifests('', after);
  if (after !== undefined && parsed?.ok && sameJson(parsed.content as Json, wanted)) {
    return { before: text, after, printedAnew: undefined };
  }
  return {
    before: withEdits(source, [printAnew(source, manifest, content)]),
    after: withEdits(source, [printAnew(source, manifest, wanted)]),
    printedAnew: sharesParts(manifest)
      ? 'shares parts through YAML anchors'
      : 'has a style that cannot be added to in place',
  };
}

function sharesParts({ document }: Manifest): boolean {
  let shares = false;
  visit(document, {
    Alias() {
      shares = true;
      return visit.BREAK;
    },
  });
  return shares;
}

/** What takes back the edits that were made to a text. */
function undone(edits: readonly Edit[]): Edit[] {
  let shift = 0;
  return edits.map(({ at, insert }) => {
    const edit = { at: at + shift, remove: insert.length, insert: '' };
    shift += insert.length;
    return edit;
  });
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
