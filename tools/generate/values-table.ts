import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { code, table } from './markdown.ts';

/**
 * The chart's values as a table, from the `# --` comments of values.yaml: every key down to the one that carries such a
 * comment. Throws when a value has none.
 */
export function valuesTable(valuesYaml: string): string {
  const { contents } = parseDocument(valuesYaml);
  if (!isMap(contents)) throw new Error('values.yaml is not a mapping');
  return table(['value', 'default', 'meaning'], rowsOf(contents, ''));
}

function rowsOf(map: YAMLMap, parent: string): string[][] {
  return map.items.flatMap((pair, index) => {
    const path = `${parent}${String(pair.key)}`;
    const meaning = meaningOf(index === 0 ? [map.commentBefore, commentOf(pair)] : [commentOf(pair)]);
    if (meaning !== undefined) return [[code(path), defaultOf(pair), meaning]];
    if (!isMap(pair.value) || pair.value.items.length === 0)
      throw new Error(`values.yaml: ${path} has no "# --" comment`);
    return rowsOf(pair.value, `${path}.`);
  });
}

function commentOf({ key }: Pair): string | null | undefined {
  return isScalar(key) ? key.commentBefore : undefined;
}

/** The documentation in the comments above a key: from the last `--` on, in one line. */
function meaningOf(comments: readonly (string | null | undefined)[]): string | undefined {
  const text = comments.findLast((comment) => comment?.includes('-- '));
  return text
    ?.slice(text.lastIndexOf('-- ') + 3)
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}

function defaultOf({ value }: Pair): string {
  const plain: unknown = isMap(value) || value === null ? toPlain(value) : toPlain(value);
  return code(typeof plain === 'string' && plain !== '' ? plain : JSON.stringify(plain));
}

function toPlain(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function'
    ? value.toJSON()
    : value;
}
