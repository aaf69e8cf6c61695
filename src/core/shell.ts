/** One simple command of a shell script: its words after quote removal, and where its output goes. */
export interface SimpleCommand {
  readonly words: readonly string[];
  /** Targets of `>` and `>>`. */
  readonly outputs: readonly string[];
  /** True when its standard input is the command before it. */
  readonly piped: boolean;
}

// Words that open or join a command list; what follows them is a command of its own.
const KEYWORDS = new Set(['if', 'then', 'else', 'elif', 'fi', 'while', 'until', 'do', 'done', '!', '{', '}', 'time']);
// Words whose operands are no command.
const HEADERS = new Set(['for', 'case', 'select', 'esac', 'function', 'in']);

/**
 * The simple commands of a POSIX shell script, in order: enough to see what a start script calls, not an interpreter.
 * Command substitutions stay in their word as text. Never throws and takes linear time; a script that is no valid shell
 * gives some commands or none.
 */
export function simpleCommands(script: string): SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  let words: string[] = [];
  let outputs: string[] = [];
  let piped = false;
  const finish = (nextIsPiped: boolean) => {
    while (words[0] !== undefined && KEYWORDS.has(words[0])) words.shift();
    if (words.length > 0 && !HEADERS.has(words[0] ?? '')) commands.push({ words, outputs, piped });
    words = [];
    outputs = [];
    piped = nextIsPiped;
  };
  let redirect: 'output' | 'other' | undefined;
  for (const token of tokens(script)) {
    if (token.kind === 'word') {
      if (redirect === 'output') outputs.push(token.text);
      else if (redirect === undefined) words.push(token.text);
      redirect = undefined;
    } else if (token.kind === 'redirect') {
      redirect = /^\d*>>?\|?$|^&>>?$/.test(token.text) ? 'output' : 'other';
    } else {
      redirect = undefined;
      finish(token.text === '|');
    }
  }
  finish(false);
  return commands;
}

interface Token {
  readonly kind: 'word' | 'redirect' | 'end';
  readonly text: string;
}

// Sticky expressions, so that the scan never looks back: each character is read once.
const BLANK = /(?:[^\S\n]|\\\r?\n)+/y;
const COMMENT = /#[^\n]*/y;
const REDIRECT = /&>>?|\d*(?:>>|>\||>&-?|<<<|<<-?|<&|<>|>|<)/y;
const END = /&&|\|\|?|;;?|&|\n|\(|\)/y;
const PLAIN = /[^\s\\'"`$;&|<>()]+/y;

interface Cursor {
  readonly script: string;
  at: number;
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.script)?.[0] || undefined;
  cursor.at += found?.length ?? 0;
  return found;
}

function* tokens(script: string): Generator<Token> {
  const cursor: Cursor = { script, at: 0 };
  while (cursor.at < script.length) {
    if (take(cursor, BLANK) || take(cursor, COMMENT)) continue;
    const redirect = take(cursor, REDIRECT);
    const end = redirect ? undefined : take(cursor, END);
    if (redirect) yield { kind: 'redirect', text: redirect };
    else if (end) yield { kind: 'end', text: end };
    else yield { kind: 'word', text: word(cursor) };
  }
}

function word(cursor: Cursor): string {
  const { script } = cursor;
  let text = '';
  const takeTo = (end: number, part: string) => {
    text += part;
    cursor.at = Math.min(end, script.length);
  };
  for (;;) {
    const from = cursor.at;
    const plain = take(cursor, PLAIN);
    if (plain) text += plain;
    else if (script[from] === "'") {
      const end = closing(script, from + 1, "'");
      takeTo(end + 1, script.slice(from + 1, end));
    } else if (script[from] === '`') {
      const end = closing(script, from + 1, '`') + 1;
      takeTo(end, script.slice(from, end));
    } else if (script[from] === '"') {
      const end = closingDouble(script, from + 1);
      takeTo(end + 1, script.slice(from + 1, end).replace(/\\(["\\$`\n])/g, '$1'));
    } else if (script[from] === '$') {
      const end = script[from + 1] === '(' ? closingParenthesis(script, from + 2) : from + 1;
      takeTo(end, script.slice(from, end));
    } else if (script[from] === '\\') takeTo(from + 2, script[from + 1] ?? '');
    else return text;
  }
}

function closing(script: string, from: number, quote: string): number {
  const found = script.indexOf(quote, from);
  return found === -1 ? script.length : found;
}

function closingDouble(script: string, from: number): number {
  let at = from;
  while (at < script.length && script[at] !== '"') at += script[at] === '\\' ? 2 : 1;
  return Math.min(at, script.length);
}

function closingParenthesis(script: string, from: number): number {
  let depth = 1;
  let at = from;
  while (at < script.length && depth > 0) {
    if (script[at] === '(') depth += 1;
    else if (script[at] === ')') depth -= 1;
    at += 1;
  }
  return at;
}
