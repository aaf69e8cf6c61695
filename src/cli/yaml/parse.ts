import {
  type Document,
  isCollection,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { faultSentence, MOST_ALIASES, thrown } from '../../input/yaml-faults.ts';
import { kubectlTags } from './kubectl-schema.ts';
import { type Piece, piecesOf } from './stream.ts';
import { type Edit, unmended, withEdits } from './text-edit.ts';
import { indented } from './unindented.ts';

/** A document of an input that kubectl would read. */
export interface Manifest {
  readonly ok: true;
  /** The text of the document with what separates it from the one before. */
  readonly text: string;
  /** What was put into the text so that the parser reads what kubectl reads; offsets are those of the text. */
  readonly mended: readonly Edit[];
  /** Parsed from the mended text. */
  readonly document: Document.Parsed;
  /** Plain JSON values; null for a document without content. */
  readonly content: unknown;
  /** What kubectl puts up with and other readers do not, as `file:line:column: sentence`. */
  readonly oddities: readonly string[];
}

/** A document that kubectl would refuse. */
export interface BrokenManifest {
  readonly ok: false;
  readonly text: string;
  /** What is wrong with it, as `file:line:column: sentence`. */
  readonly problems: readonly string[];
}

// Later ones are mostly consequences of the first.
const MOST_PROBLEMS = 3;
const MOST_MENDS = 100;

/** Parses every document of a YAML or JSON text as kubectl would read it; one that is broken costs no other. */
export function parseManifests(name: string, text: string): (Manifest | BrokenManifest)[] {
  const lines = new LineCounter();
  for (let start = 0; start !== 0 || lines.lineStarts.length === 0; start = text.indexOf('\n', start) + 1) {
    lines.addNewLine(start);
  }
  return piecesOf(text).map((piece) => parsed(name, text.slice(piece.start, piece.end), piece, lines));
}

function parsed(name: string, text: string, piece: Piece, lines: LineCounter): Manifest | BrokenManifest {
  const place = (offset: number, sentence: string) => {
    const { line, col } = lines.linePos(piece.start + offset);
    return `${name}:${line}:${col}: ${sentence}`;
  };
  if (piece.problem !== undefined) return { ok: false, text, problems: [place(0, piece.problem)] };
  try {
    const { document, mended } = documentIn(text);
    const { faults, oddities } = remarksOn(document);
    const say = ({ offset, sentence }: Remark) => place(unmended(offset, mended), sentence);
    if (faults.length > 0) return { ok: false, text, problems: faults.slice(0, MOST_PROBLEMS).map(say) };
    const unindented = mended.slice(0, 1).map(({ at }) => place(at, UNINDENTED));
    return {
      ok: true,
      text,
      mended,
      document,
      content: contentOf(document),
      oddities: [...unindented, ...oddities.map(say)],
    };
  } catch (error) {
    return { ok: false, text, problems: [thrown(name, error)] };
  }
}

const UNINDENTED =
  'what is quoted or in brackets goes on here in a line that is not indented: kubectl reads it, other readers of YAML do not';

function documentIn(text: string): { document: Document.Parsed; mended: Edit[] } {
  let mended: Edit[] = [];
  for (let round = 0; ; round += 1) {
    const source = withEdits(text, mended);
    const document = parseOne(source);
    const more = round < MOST_MENDS ? indented(source, document) : undefined;
    if (more === undefined || more.length === 0) return { document, mended };
    const added = more.map((edit) => ({ ...edit, at: unmended(edit.at, mended) }));
    mended = [...mended, ...added].sort((left, right) => left.at - right.at);
  }
}

function parseOne(source: string): Document.Parsed {
  return parseDocument(source, {
    uniqueKeys: false,
    prettyErrors: false,
    resolveKnownTags: false,
    customTags: kubectlTags,
  });
}

interface Remark {
  readonly offset: number;
  readonly sentence: string;
}

// What go-yaml does not mind: `"x"# comment`, and what follows the end of a document (`...`), which it does not read.
function isHarmless({ code, message }: YAMLError): boolean {
  return code === 'MULTIPLE_DOCS' || message.startsWith('Comments must be separated');
}

/** What is wrong with a document, and what is only odd. */
function remarksOn(document: Document.Parsed): { faults: Remark[]; oddities: Remark[] } {
  const remark = (error: YAMLError): Remark => ({ offset: error.pos[0], sentence: faultSentence(error) });
  const faults = document.errors.filter((error) => !isHarmless(error)).map(remark);
  const oddities = document.errors.filter(isHarmless).map((error): Remark => {
    return { offset: error.pos[0], sentence: `${faultSentence(error)}; kubectl does not mind` };
  });
  if (faults.length === 0) visit(document, { Map: (_, map) => checkKeys(map, faults, oddities) });
  return { faults, oddities };
}

function checkKeys({ items }: YAMLMap, faults: Remark[], oddities: Remark[]): void {
  const seen = new Set<string>();
  for (const { key } of items) {
    const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
    if (isCollection(key)) faults.push({ offset, sentence: UNRENDERED });
    if (!isScalar(key) || typeof key.value === 'symbol') continue;
    const name = String(key.value);
    const sentence = `the key ${JSON.stringify(name)} is given twice in the same map: kubectl takes the last`;
    if (seen.has(name)) oddities.push({ offset, sentence });
    seen.add(name);
  }
}

const UNRENDERED = 'a map or list cannot be a key: is this a template that was not rendered?';

// Through JSON, so that what two aliases share becomes two values, of which one can change alone.
function contentOf(document: Document.Parsed): unknown {
  const content: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
  return content === undefined ? null : JSON.parse(JSON.stringify(content));
}
