import { type Document, isCollection, isScalar, type Node, visit } from 'yaml';
import type { Edit } from './text-edit.ts';

/**
 * The edits that indent the lines of a quoted text, or the line of a flow collection, that a parser cut short because they
 * are not indented past their key, which YAML forbids and kubectl reads: go-yaml looks at no indentation inside quotes and
 * brackets, where it means nothing. Undefined where the first fault of the document is another.
 */
export function indented(source: string, document: Document.Parsed): Edit[] | undefined {
  const fault = document.errors[0];
  if (fault?.code === 'MISSING_CHAR' && fault.message.startsWith('Missing closing')) {
    const start = startOfCut(document, fault.pos[0], isQuoted);
    const end = start === undefined ? undefined : closingQuote(source, start);
    return start === undefined || end === undefined ? undefined : linesIn(source, start, end);
  }
  if (fault?.code === 'BAD_INDENT' && fault.message.startsWith('Flow ')) {
    const start = startOfCut(document, fault.pos[0], (node) => isCollection(node) && node.flow === true);
    const line = /\n[^\S\n]*(?=[^\s#])/g;
    line.lastIndex = Math.max(0, fault.pos[0] - 1);
    const next = line.exec(source);
    return start === undefined || next === null ? undefined : linesIn(source, start, line.lastIndex, next.index);
  }
  return undefined;
}

/** Edits that put every line between two offsets further right than `start`. */
function linesIn(source: string, start: number, end: number, from = start): Edit[] {
  const insert = ' '.repeat(start - source.lastIndexOf('\n', start - 1));
  const breaks = source.slice(from, end).matchAll(/\n(?=[^\r\n]|$)/g);
  return [...breaks].map(({ index }) => ({ at: from + index + 1, remove: 0, insert }));
}

// Where the outermost node of a kind begins that reaches an offset, or the one right before it.
function startOfCut(document: Document.Parsed, offset: number, isKind: (node: Node) => boolean): number | undefined {
  let found: number | undefined;
  visit(document, {
    Node(_, node) {
      if (!node.range || !isKind(node) || found !== undefined) return;
      if (node.range[0] <= offset && offset <= node.range[2] + 1) found = node.range[0];
    },
  });
  return found;
}

function isQuoted(node: Node): boolean {
  return isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
}

function closingQuote(source: string, start: number): number | undefined {
  const quoted = source[start] === '"' ? /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y : /'[^']*(?:''[^']*)*'/y;
  quoted.lastIndex = start;
  return quoted.test(source) ? quoted.lastIndex : undefined;
}
