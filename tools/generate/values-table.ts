import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { code, table } from './markdown.ts';

/** A value of the chart, with what its `# --` comment in values.yaml says of it. */
export interface Meaning {
  readonly path: readonly string[];
  readonly meaning: string;
  readonly pair: Pair;
}

/** The chart's values as a table, from the comments of values.yaml. */
export function valuesTable(valuesYaml: string): string {
  const rows = meanings(valuesYaml).map(({ path, meaning, pair }) => [code(path.join('.')), defaultOf(pair), meaning]);
  return table(['value', 'default', 'meaning'], rows);
}

/** Every key of values.yaml down to the one that carries a `# --` comment. Throws when a value has none. */
export function meanings(valuesYaml: string): Meaning[] {
  const { contents } = parseDocument(valuesYaml);
  if (!isMap(contents)) throw new Error('values.yaml is not a mapping');
  return meaningsIn(contents, []);
}

function meaningsIn(map: YAMLMap, parents: readonly string[]): Meaning[] {
  return map.items.flatMap((pair, index) => {
    const path = [...parents, String(pair.key)];
    const meaning = meaningOf(index === 0 ? [map.commentBefore, commentOf(pair)] : [commentOf(pair)]);
    if (meaning !== undefined) return [{ path, meaning, pair }];
    if (!isMap(pair.value) || pair.value.items.length === 0)
      throw new Error(`values.yaml: ${path.join('.')} has no "# --" comment`);
    return meaningsIn(pair.value, path);
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
  const plain: unknown =
    typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function'
      ? value.toJSON()
      : value;
  return code(typeof plain === 'string' && plain !== '' ? plain : JSON.stringify(plain));
}
