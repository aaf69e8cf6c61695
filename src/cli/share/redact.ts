import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, visit, type YAMLMap } from 'yaml';
import { isObject } from '../../core/json.ts';
import { objectsIn } from '../manifests/object.ts';
import { templatesOf } from '../manifests/templates.ts';
import { type BrokenManifest, type Manifest, parseManifests } from '../yaml/parse.ts';
import { type Edit, withEdits } from '../yaml/text-edit.ts';

/** What stands in the place of a value. */
export const REDACTED = 'REDACTED';

/** A text that can be shown to others, or what keeps it from being made one, one line each. */
export type Redacted =
  | { readonly ok: true; readonly text: string; readonly values: number; readonly documents: number }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * A manifest without what nobody else should read: values of environment variables, but for those that `keep`
 * names; the data of Secrets; copies of the object in annotations. Documents that
 * make no pods are left out as a whole.
 */
export function redacted(name: string, text: string, keep: ReadonlySet<string>): Redacted {
  const manifests = parseManifests(name, text);
  const problems = manifests.flatMap((manifest) => (manifest.ok ? [] : manifest.problems));
  if (problems.length > 0) return { ok: false, problems };
  let values = 0;
  const kept = manifests.filter((manifest) => manifest.ok && makesPods(manifest));
  const texts = kept.map((manifest) => {
    const edits = editsIn(manifest as Manifest, keep);
    values += edits.length;
    return applied(manifest, edits);
  });
  const result = texts.join('').replace(/^---[^\n]*\n/, '');
  const broken = parseManifests(name, result).flatMap((manifest) => (manifest.ok ? [] : manifest.problems));
  if (broken.length > 0) return { ok: false, problems: broken };
  return { ok: true, text: result, values, documents: manifests.length - kept.length };
}

function makesPods({ content }: Manifest): boolean {
  return objectsIn(content).some(({ object }) => templatesOf(object).length > 0);
}

// The edits are those of the text as the parser saw it.
function applied(manifest: Manifest | BrokenManifest, edits: readonly Edit[]): string {
  return manifest.ok ? withEdits(withEdits(manifest.text, manifest.mended), edits) : manifest.text;
}

function editsIn({ document, text, mended }: Manifest, keep: ReadonlySet<string>): Edit[] {
  const source = withEdits(text, mended);
  const edits = new Map<number, Edit>();
  const hide = (node: unknown) => {
    const real = isAlias(node) ? node.resolve(document) : node;
    const edit = editOf(real, source);
    if (edit) edits.set(edit.at, edit);
  };
  visit(document, {
    Pair(_, pair) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      if (key === 'env' && isSeq(pair.value)) for (const value of variablesIn(pair.value.items, keep)) hide(value);
      if (key === 'kubectl.kubernetes.io/last-applied-configuration') hide(pair.value);
    },
    Map(_, map) {
      if (textAt(map, 'kind') !== 'Secret') return;
      for (const key of ['data', 'stringData']) {
        const data = valueAt(map, key);
        if (isMap(data)) for (const { value } of data.items as Pair[]) hide(value);
      }
    },
  });
  return [...edits.values()];
}

function variablesIn(items: readonly unknown[], keep: ReadonlySet<string>): unknown[] {
  return items.flatMap((item) => {
    if (!isMap(item)) return [];
    const value = valueAt(item, 'value');
    return value === undefined || keep.has(textAt(item, 'value') ?? '') ? [] : [value];
  });
}

function valueAt(map: YAMLMap, key: string): unknown {
  return (map.items as Pair[]).findLast((pair) => isScalar(pair.key) && pair.key.value === key)?.value;
}

function textAt(map: YAMLMap, key: string): string | undefined {
  const value = valueAt(map, key);
  return isScalar(value) && !isObject(value.value) ? String(value.value) : undefined;
}

// A block of text ends with its line; an empty value has no place to hide in.
function editOf(node: unknown, source: string): Edit | undefined {
  const range = isScalar(node) ? (node as Node).range : undefined;
  if (!range || range[1] <= range[0]) return undefined;
  const [from, to] = range;
  const isJson = source[from] === '"';
  return {
    at: from,
    remove: to - from,
    insert: `${isJson ? `"${REDACTED}"` : REDACTED}${source[to - 1] === '\n' ? '\n' : ''}`,
  };
}
