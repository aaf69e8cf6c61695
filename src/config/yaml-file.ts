import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLError } from 'yaml';

const LARGEST = 1024 * 1024;
const MOST_ALIASES = 100;
// Later ones are mostly consequences of the first.
const MOST_SYNTAX_ERRORS = 5;

/** Keys and list indices from the root of a document to one of its values. */
export type KeyPath = readonly (string | number)[];

/** A document's value, with the places of numbers that are not plain decimal integers; or everything that is wrong with it. */
export type YamlResult =
  | { readonly ok: true; readonly value: unknown; readonly oddNumbers: readonly KeyPath[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads one strict YAML 1.2 document from a regular file of at most 1 MiB. Never waits on a pipe or a device. */
export function readYamlFile(file: string): YamlResult {
  try {
    const bytes = readRegularFile(file);
    return parseYaml(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file);
  } catch (error) {
    const isEncoding = error instanceof TypeError;
    const text = isEncoding ? 'is not valid UTF-8' : error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [`${file}: ${text}`] };
  }
}

function readRegularFile(file: string): Buffer {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error('is not a regular file');
    const buffer = Buffer.alloc(LARGEST + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    if (length > LARGEST) throw new Error('is larger than 1 MiB');
    return buffer.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

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
    const problems = [...document.errors, ...document.warnings].slice(0, MOST_SYNTAX_ERRORS).map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return `${file}:${line}:${col}: ${sentence(error)}`;
    });
    if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2') {
      problems.push(`${file}:1:1: only YAML 1.2 is supported`);
    }
    return problems.length > 0 ? { ok: false, problems } : contentOf(document);
  } catch (error) {
    // Two limits speak by throwing: of the stack (RangeError) and of aliases (ReferenceError).
    const reason =
      error instanceof RangeError ? 'is nested too deeply' : 'its aliases cannot be resolved, or expand too far';
    return { ok: false, problems: [`${file}: ${reason}`] };
  }
}

function sentence({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'only one document is allowed';
  return message.startsWith('Maximum call stack') ? 'is nested too deeply' : message;
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
