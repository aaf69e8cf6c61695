// Text of the Common Expression Language, which the API server evaluates, and of its regular expressions (RE2):
// https://github.com/google/cel-spec/blob/master/doc/langdef.md, https://github.com/google/re2/wiki/Syntax.

/** A string literal that means exactly the text, which must hold no lone surrogate. */
export function stringLiteral(text: string): string {
  return `'${text.replace(/[\\'\p{Cc}]/gu, escaped)}'`;
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 32 || code > 126 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\${character}`;
}

/** A list literal of strings, in their order. */
export function listLiteral(texts: readonly string[]): string {
  return `[${texts.map(stringLiteral).join(', ')}]`;
}

/** A regular expression that no text matches: it asks for a character after the end. */
export const NEVER_MATCHES = '$.';

/** A regular expression, without anchors, for texts that match any of others; {@link NEVER_MATCHES} where there are none. */
export function anyOf(regexes: readonly string[]): string {
  return regexes.length > 0 ? `(?:${regexes.join('|')})` : NEVER_MATCHES;
}

/**
 * A regular expression, without anchors, for what a glob matches, in which `*` stands for any characters that
 * `wildcard` matches. Brackets escape, as a backslash would have to be doubled in a literal.
 */
export function globRegex(glob: string, wildcard = '(?s:.*)'): string {
  return glob.split('*').map(literalRegex).join(wildcard);
}

function literalRegex(text: string): string {
  return text.replace(/[.+?(){}|$\\^[\]]/g, (special) => (/[\\^[\]]/.test(special) ? `\\${special}` : `[${special}]`));
}

/** What a `*` stands for inside one component of a repository's path. */
export const IN_COMPONENT = '[^/:@]*';
