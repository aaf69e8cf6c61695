/** One word of a shell script after quote removal. */
export interface Word {
  readonly text: string;
  /** True when the shell puts something in its place: a variable (written `${NAME}` here) or a command's output. */
  readonly isExpanded: boolean;
}

/** A simple command. */
export interface Command {
  readonly is: 'command';
  readonly words: readonly Word[];
  /** Targets of `>` and `>>`. */
  readonly outputs: readonly Word[];
}

/** One part of a script, in order: a command, or a reserved word or operator between commands. */
export type ScriptPart = Command | { readonly is: 'keyword' | 'operator'; readonly text: string };

const KEYWORDS = new Set('if then else elif fi while until do done ! { } for case esac select function'.split(' '));
// What follows them is no command.
const HEADERS = new Set(['for', 'case', 'select', 'function']);

// Each alternative begins with a character of its own, so that no text can be read in two ways and every one takes linear time.
const ESCAPE = '\\\\[^]';
const SINGLE = "'[^']*'";
const substitution = (nested: string) =>
  `\\((?:[^()'"\\\\]|${ESCAPE}|${SINGLE}|"(?:[^"\\\\]|${ESCAPE})*"|${nested})*\\)`;
const SUBSTITUTION = `\\$${substitution(substitution(substitution('\\(\\)')))}`;
const BACKQUOTED = '`[^`]*`';
const VARIABLE = '\\$(?:\\{[^}]*\\}|(?![({]))';
const DOUBLE = `"(?:[^"\\\\$\`]|${ESCAPE}|${SUBSTITUTION}|${BACKQUOTED}|${VARIABLE})*"`;
const WORD = `(?:[^ \\t\\r\\n\\\\'"\`$;&|<>()]|${ESCAPE}|${SINGLE}|${DOUBLE}|${SUBSTITUTION}|${BACKQUOTED}|${VARIABLE})+`;
const REDIRECTION = '&>>?|\\d*(?:>[>|]?|>&-?|<<<|<<-?|<&-?|<>?)(?![>&|<])';
const TOKEN = new RegExp(`(?:[ \\t\\r]|\\\\\\n)+|#[^\\n]*|(${REDIRECTION})|(&&|\\|\\||;;|[|;&\\n()])|(${WORD})`, 'y');
const SEGMENT = new RegExp(`${ESCAPE}|${SINGLE}|${DOUBLE}|${SUBSTITUTION}|${BACKQUOTED}|\\$(?:\\{[^}]*\\}|\\w*)`, 'g');

/**
 * A POSIX shell script taken apart, without interpreting it; undefined where a quote or a parenthesis is not closed.
 * Never throws and takes linear time.
 */
export function partsOf(script: string): ScriptPart[] | undefined {
  const parts: ScriptPart[] = [];
  let words: Word[] = [];
  let outputs: Word[] = [];
  let redirection: string | undefined;
  const finish = () => {
    if (words.length > 0 || outputs.length > 0) {
      parts.push({ is: 'command', words, outputs });
      words = [];
      outputs = [];
    }
    redirection = undefined;
  };
  const add = (word: string) => {
    if (redirection !== undefined) {
      // Standard output only; `&>` is bash's own and means something else elsewhere.
      if (/^1?>[>|]?$/.test(redirection)) outputs.push(unquoted(word));
      redirection = undefined;
    } else if (words.length === 0 && KEYWORDS.has(word)) {
      finish();
      parts.push({ is: 'keyword', text: word });
    } else words.push(unquoted(word));
  };
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < script.length; ) {
    const token = TOKEN.exec(script);
    if (!token) return undefined;
    const [, redirect, operator, word] = token;
    if (redirect) redirection = redirect.endsWith('&-') ? undefined : redirect;
    else if (operator) {
      finish();
      parts.push({ is: 'operator', text: operator });
    } else if (word) add(word);
  }
  finish();
  return parts;
}

function unquoted(raw: string): Word {
  if (!SPECIAL.test(raw)) return { text: raw, isExpanded: false };
  let isExpanded = false;
  const expand = (text: string) => {
    isExpanded = true;
    const name = /^\$(\w+)$/.exec(text)?.[1];
    // A dollar sign that opens nothing is doubled, so that what follows it never reads as a variable.
    return name === undefined ? text.replace(/^\$$/, '$$$$') : `\${${name}}`;
  };
  const inQuotes = (part: string) => {
    if (part.startsWith('\\')) return part.replace(/^\\(?:\n|(?=["\\$`]))/, '');
    return expand(part);
  };
  const text = raw.replace(SEGMENT, (part) => {
    if (part.startsWith('\\')) return part.slice(1).replace('\n', '');
    if (part.startsWith("'")) return part.slice(1, -1);
    return part.startsWith('"') ? part.slice(1, -1).replace(IN_QUOTES, inQuotes) : expand(part);
  });
  return { text, isExpanded };
}

const SPECIAL = /[\\'"$`]/;
const IN_QUOTES = new RegExp(`${ESCAPE}|${SUBSTITUTION}|${BACKQUOTED}|\\$(?:\\{[^}]*\\}|\\w*)`, 'g');

/** The words of every simple command of a script: enough to see what a start script calls. */
export function simpleCommands(script: string): { readonly words: readonly string[] }[] {
  const parts = partsOf(script) ?? [];
  let depth = 0;
  return parts.flatMap((part, index) => {
    if (part.is !== 'command') {
      depth = Math.max(0, depth + (part.text === '(' ? 1 : part.text === ')' ? -1 : 0));
      return [];
    }
    const [before, after] = [parts[index - 1], parts[index + 1]];
    const isHeader = before?.is === 'keyword' && HEADERS.has(before.text);
    // A function's name, or a pattern of `case`.
    const isName = after?.is === 'operator' && (after.text === '(' || (after.text === ')' && depth === 0));
    return isHeader || isName || part.words.length === 0 ? [] : [{ words: part.words.map(({ text }) => text) }];
  });
}
