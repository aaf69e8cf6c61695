import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { MOST_ALIASES, placed, thrown } from '../input/yaml-faults.ts';

// Later ones are mostly consequences of the first.
const MOST_SYNTAX_ERRORS = 5;

/** Keys and list indices from the root of a document to one of its values. */
export type KeyPath = readonly (string | number)[];

/** A document's value, with the places of numbers that are not plain decimal integers; or everything that is wrong with it. */
export type YamlResult =
  | { readonly ok: true; readonly value: unknown; readonly oddNumbers: readonly KeyPath[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Parses one strict YAML 1.2 document: unique keys, core schema, no tags, few aliases. `file` is for the messages. */
export function parseYaml(text: string, file: string): YamlResult {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      schema: 'core',
      resolveKnownTags: false,
      prettyErrors: false,
      lineCounter: lines,
    });
    const problems = [...document.errors, ...document.warnings]
      .slice(0, MOST_SYNTAX_ERRORS)
      .map((error) => placed(file, error, lines));
    if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2') {
      problems.push(`${file}:1:1: only YAML 1.2 is supported`);
    }
    return problems.length > 0 ? { ok: false, problems } : contentOf(document);
  } catch (error) {
    return { ok: false, problems: [thrown(file, error)] };
  }
}

function contentOf(document: Document): YamlResult {
  return {
    ok: true,
    value: document.toJS({ maxAliasCount: MOST_ALIASES }),
    oddNumbers: [...oddNumbers(document.contents, [])],
  };
}

// Only the source text tells 262144 from 0x40000, 0o1000000, 1e6 or 010, which people read in different ways.
function* oddNumbers(node: unknown, path: KeyPath): Generator<KeyPath> {
  if (isScalar(node)) {
    if (typeof node.value === 'number' && !/^-?(?:0|[1-9]\d*)$/.test(node.source ?? '')) yield path;
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) yield* oddNumbers(item, [...path, index]);
  } else if (isMap(node)) {
    for (const { key, value } of node.items) yield* oddNumbers(value, [...path, String(key)]);
  }
}
