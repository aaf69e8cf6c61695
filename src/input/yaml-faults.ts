import type { LineCounter, YAMLError } from 'yaml';

/** The most aliases of one YAML document that are followed: enough for people, too few for a bomb. */
export const MOST_ALIASES = 100;

/** What a parser says of a text, as `file:line:column: sentence`. */
export function placed(file: string, error: YAMLError, lines: LineCounter): string {
  const { line, col } = lines.linePos(error.pos[0]);
  return `${file}:${line}:${col}: ${faultSentence(error)}`;
}

/** What a parser throws instead of reporting it: two limits speak so, of the stack and of aliases. */
export function thrown(file: string, error: unknown): string {
  const reason =
    error instanceof RangeError
      ? 'is nested too deeply, or too large once its aliases are expanded'
      : 'its aliases cannot be resolved, or expand too far';
  return `${file}: ${reason}`;
}

/** What is wrong, in words that need no parser's manual. */
export function faultSentence({ code, message }: YAMLError): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'a tab is used as indentation: YAML wants spaces';
    case 'DUPLICATE_KEY':
      return 'the key is given twice in the same map';
    case 'MULTIPLE_DOCS':
      return 'only one document is allowed';
    default:
      return message.startsWith('Maximum call stack') ? 'is nested too deeply' : message;
  }
}
