/** A part of a text that holds one document. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** Why kubectl refuses what separates it from the piece before. */
  readonly problem?: string;
}

/**
 * Where the documents of a text begin and end, as kubectl sees it (apimachinery's YAMLOrJSONDecoder): at lines that begin
 * with `---`, which may hold a comment besides; and JSON objects may follow each other without any separator. Together the
 * pieces make up the text.
 */
export function piecesOf(text: string): Piece[] {
  const starts = [...text.matchAll(/^---(?!-)/gm)].map(({ index }) => index);
  const bounds = [...new Set([0, ...starts]), text.length];
  return bounds.slice(0, -1).flatMap((start, index): Piece[] => {
    const end = bounds[index + 1] ?? text.length;
    const separator = /^---[ \t]*([^\s#].*)/.exec(text.slice(start, end).split('\n', 1)[0] ?? '');
    if (separator) return [{ start, end, problem: 'a document cannot begin in the line of its separator ---' }];
    return (text.startsWith('---', start) ? undefined : jsonPieces(text, start, end)) ?? [{ start, end }];
  });
}

// Undefined where the part is not several JSON objects in a row.
function jsonPieces(text: string, start: number, end: number): Piece[] | undefined {
  const pieces: Piece[] = [];
  let from = start;
  for (const to of objectEnds(text, start, end)) {
    if (!isJson(text.slice(from, to))) return undefined;
    pieces.push({ start: from, end: to });
    from = to;
  }
  const last = pieces.at(-1);
  if (last === undefined || pieces.length === 1 || text.slice(from, end).trim() !== '') return undefined;
  return [...pieces.slice(0, -1), { ...last, end }];
}

// The offsets behind each `}` that closes what a `{` outside of any other opened.
function* objectEnds(text: string, start: number, end: number): Generator<number> {
  let depth = 0;
  for (const { 0: token, index } of text.slice(start, end).matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
    if (token === '}' && depth === 0) yield start + index + 1;
    if (depth < 0) return;
  }
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** Texts of several inputs as one YAML stream. */
export function joined(texts: readonly string[]): string {
  return texts.reduce((stream, text) => {
    const ended = stream === '' || stream.endsWith('\n') ? stream : `${stream}\n`;
    const isSeparated = stream === '' || /^(?:---|%)/.test(text);
    return `${ended}${isSeparated ? '' : '---\n'}${text}`;
  }, '');
}
