import { isAssignment, programName, scriptOf, unwrap } from './command.ts';
import { comparisonOf, isKernelValue, isKey, numberOf, type Variables, writtenBy } from './kernel-value.ts';
import { LIMITS } from './limits.ts';
import type { NonEmpty } from './non-empty.ts';
import { type Command, partsOf, type ScriptPart, type Word } from './shell.ts';

/** How a command line is read. */
export interface Reading {
  /** The value that is needed. */
  readonly need: number;
  /** True when a write of its reaches the kernel. */
  readonly mayWrite: boolean;
  /** The container's variables whose values the pod shows. */
  readonly variables: ReadonlyMap<string, string>;
  /** Tells a command that may start the server, which the write must precede. */
  readonly startsServer: (words: readonly string[]) => boolean;
}

/** What a command line does about the value that is needed. */
export interface Effect {
  /** `enough`: it is there for sure once the command line has ended well; `none`: as before; `doubt`: it may even be lower. */
  readonly leaves: 'enough' | 'none' | 'doubt';
  /** The last number that it writes. */
  readonly written: number | undefined;
  /** The last number that it compares with the kernel's value. */
  readonly compared: number | undefined;
}

// The shapes that prove something, on a script of which every part became one letter:
//   c  a command, q one that asks something           W  from here on the value is enough   B  it may be too low
//   L  a test that succeeds wherever it is too low    H  a test that succeeds only where it is enough
//   T  true   X  exit   b  break   S  may start the server   ?  not understood
//   i t l e f  if then elif else fi    w u r d o  while until for do done    & | p ;  && || | and new line
// Applied in order until nothing changes, they leave W where the value is enough, and c where it is as before.
const FIRST = '(?<![&|p])';
// A pipe binds more tightly than a chain: what stands before one does not end its chain yet.
const LAST = '(?!p)';
const SHAPES: readonly (readonly [shape: RegExp, becomes: string])[] = [
  [/;+/g, ';'],
  [/(^|[itlewudr{&|!p]);/g, '$1'],
  [/;(?=[tlefdo}]|$)/g, ''],
  [/!L/g, 'H'],
  [/!H/g, 'L'],
  [/!([cqW])/g, '$1'],
  // What stands before the last command of a pipe only prints.
  [/[cqLHT]p(?=[cqLHWB])/g, ''],
  [/Bpc/g, 'B'],
  [/\{([cqWBX])\}/g, '$1'],
  // Compare first, in its spellings.
  [new RegExp(`${FIRST}(?:L&|H\\|)W|iLtW(?:e[cX])?f|iHt[cX]eWf|i[cqLHT]tWeWf`, 'g'), 'W'],
  // An end of the script or of a loop that is met only where the value is enough.
  [new RegExp(`${FIRST}(?:H&|L\\|)[Xb]${LAST}|iHt[Xb](?:ec)?f|iLtce[Xb]f`, 'g'), 'c'],
  // Waiting.
  [/wLd[cq]o|uHd[cq]o|wTd[cq]o|uWd[cq]o/g, 'W'],
  // What was written stays written.
  [new RegExp(`W&[cqS]|${FIRST}W[;|&][cqLHTXSW]|iWt[cX](?:e[cX])?f|${FIRST}[cqLHTB];W`, 'g'), 'W'],
  [new RegExp(`B[;&|]c|${FIRST}[cqLHTW];B`, 'g'), 'B'],
  [new RegExp(`${FIRST}[cqLHT];X`, 'g'), 'X'],
  // Where a command of a last chain fails, so does the container.
  [/^c&W$/, 'W'],
  // Neither here nor there.
  [new RegExp(`c(?:[;&|]c)+${LAST}`, 'g'), 'c'],
  [new RegExp(`${FIRST}[cqLHT];(?=[cqLH])`, 'g'), ''],
  [new RegExp(`(?:[cqLHT][&|][cq]|q[&|][LHT])${LAST}`, 'g'), 'q'],
  [/i[cqLHT]t[cq](?:l[cqLHT]t[cq])*(?:e[cq])?f|(?:w[cqH]|u[cqL]|rc)d[cq]o/g, 'c'],
];

/** What a command line surely does about the value, by the shapes above; nothing in it is run or interpreted. */
export function effectOf(words: readonly string[], reading: Reading): Effect {
  const text = scriptOf(words);
  const plain: Command = {
    is: 'command',
    words: words.map((word) => ({ text: word, isExpanded: false })),
    outputs: [],
  };
  const parts = text === undefined ? [plain] : partsOf(text);
  const script: Script = {
    reading,
    variables: { numbers: new Map(), kernel: new Set(), pod: reading.variables },
    depth: 0,
    written: undefined,
    compared: undefined,
  };
  const isSimple = parts !== undefined && (text === undefined || !/<<|\r/.test(text));
  const letters = isSimple
    ? parts.map((part, at) => letterOf(script, part, parts[at - 1], parts[at + 1], parts[at - 2])).join('')
    : '?';
  const { written, compared } = script;
  const left = reduced(letters);
  return { leaves: left === 'W' ? 'enough' : /^[cqLHTX]?$/.test(left) ? 'none' : 'doubt', written, compared };
}

// A command that writes has done so before it prints. Of more than one nobody can say: whoever prints into a pipe that is
// no longer read is ended.
const PRINTS_TO = /W(?:pc)+/g;

function reduced(letters: string): string {
  let before = letters.replace(PRINTS_TO, 'W');
  for (let pass = 0; pass < LIMITS.scriptDepth.most; pass += 1) {
    const after = SHAPES.reduce((text, [shape, becomes]) => text.replace(shape, becomes), before);
    if (after === before) break;
    before = after;
  }
  return before;
}

interface Script {
  readonly reading: Reading;
  readonly variables: Variables;
  /** How many blocks are open. */
  depth: number;
  written: number | undefined;
  compared: number | undefined;
}

const LETTERS: ReadonlyMap<string, string> = new Map([
  ['\n', ';'],
  [';', ';'],
  ['&&', '&'],
  ['||', '|'],
  ['|', 'p'],
  ['if', 'i'],
  ['then', 't'],
  ['elif', 'l'],
  ['else', 'e'],
  ['fi', 'f'],
  ['while', 'w'],
  ['until', 'u'],
  ['for', 'r'],
  ['do', 'd'],
  ['done', 'o'],
  ['{', '{'],
  ['}', '}'],
  ['!', '!'],
]);

function letterOf(
  script: Script,
  part: ScriptPart,
  before?: ScriptPart,
  after?: ScriptPart,
  input?: ScriptPart,
): string {
  if (part.is !== 'command') {
    enterOrLeave(script, part.text);
    return LETTERS.get(part.text) ?? '?';
  }
  if (before?.is === 'keyword' && before.text === 'for') return 'c';
  const isLinked = [before, after].some((other) => other?.is === 'operator' && /^(?:&&|\|\|?)$/.test(other.text));
  const isPiped = before?.is === 'operator' && before.text === '|' && input?.is === 'command';
  return commandLetter(script, part, isPiped ? input : undefined, isLinked);
}

function enterOrLeave(script: Script, text: string): void {
  const { variables } = script;
  if (/^(?:if|while|until|for|\{)$/.test(text)) script.depth += 1;
  if (/^(?:fi|done|\})$/.test(text)) script.depth -= 1;
  // What a branch sets is unknown behind it; in a loop a variable may change from turn to turn.
  if (/^(?:else|elif|fi|done|\})$/.test(text)) variables.kernel.clear();
  if (/^(?:while|until|for)$/.test(text)) {
    variables.numbers.clear();
    variables.kernel.clear();
    variables.pod = new Map();
  }
}

// What they do to the rest of the script does not stand in it.
const UNREADABLE = new Set('. source eval return trap alias continue declare typeset'.split(' '));
const OPTIONS = /^[-+][abefhuvx]*o?$|^(?:pipefail|errexit|nounset|xtrace|verbose|noglob)$/;
const ASKING = new Set('[ [[ test false grep egrep command which type cmp diff ls stat expr'.split(' '));
const OTHER_USER = new Set('su su-exec gosu runuser setpriv sudo chroot setsid'.split(' '));

function commandLetter(script: Script, command: Command, input: Command | undefined, isLinked: boolean): string {
  const { words, outputs } = command;
  if (words.some((word) => mayWriteInside(script.variables, word))) return '?';
  const start = words.findIndex(({ text }) => !isAssignment(text));
  const [program, ...operands] = start === -1 ? [] : words.slice(start);
  const isExport = /^(?:export|readonly|local)$/.test(program?.text ?? '');
  for (const word of words) note(script, word, (!program || isExport) && !isLinked);
  if (!program) return outputs.some(isKey) ? '?' : 'c';
  if (program.isExpanded || UNREADABLE.has(program.text)) return '?';
  const given: NonEmpty<Word> = [program, ...operands];
  const letter = builtInLetter(script, given) ?? programLetter(script, given, outputs, input);
  return program.text === 'exec' && operands.length > 0 && /[cq]/.test(letter) ? 'X' : letter;
}

function builtInLetter(script: Script, words: NonEmpty<Word>): string | undefined {
  const [program, ...operands] = words.map(({ text }) => text);
  switch (program) {
    case ':':
    case 'true':
      return 'T';
    case 'exit':
      return /^[1-9]\d*$/.test(operands[0] ?? '') ? 'c' : 'X';
    case 'break':
      return operands.length > 0 ? '?' : 'b';
    case 'set':
      return operands.every((option) => OPTIONS.test(option)) ? 'c' : '?';
  }
  const comparison = comparisonOf(words, script.variables);
  if (comparison === undefined) return undefined;
  script.compared = comparison.bound;
  if (comparison.bound < script.reading.need) return 'q';
  return comparison.succeeds === 'below' ? 'L' : 'H';
}

function programLetter(
  script: Script,
  words: NonEmpty<Word>,
  outputs: Command['outputs'],
  input: Command | undefined,
): string {
  const { reading, variables } = script;
  const texts = words.map(({ text }) => text);
  const own = texts.length - unwrap(texts).length;
  const isOther = texts.slice(0, own).some((text) => OTHER_USER.has(programName(text)));
  const written =
    isOther && words.some(isKey) ? null : writtenBy({ words: words.slice(own), outputs }, input, variables);
  if (written !== undefined) {
    script.written = written ?? script.written;
    variables.kernel.clear();
    if (reading.mayWrite) return (written ?? 0) < reading.need ? 'B' : 'W';
  }
  if (reading.startsServer(texts)) return 'S';
  return ASKING.has(programName(words[0].text)) ? 'q' : 'c';
}

function note({ variables, depth }: Script, word: Word, isAlone: boolean): void {
  const value = assignedBy(word);
  const number = isAlone && depth === 0 && value ? numberOf(value, variables) : undefined;
  const isKernel = isAlone && value !== undefined && isKernelValue(value, variables);
  // Any word may be a name: read NAME, unset NAME, $((NAME = 1)).
  const names = word.text.includes('((') ? word.text.match(/[A-Za-z_]\w*/g) : /^[A-Za-z_]\w*/.exec(word.text);
  for (const name of names ?? []) {
    variables.numbers.set(name, number);
    variables.kernel.delete(name);
    if (isKernel) variables.kernel.add(name);
  }
}

// What stands behind the `=` of an assignment.
function assignedBy({ text, isExpanded }: Word): Word | undefined {
  return isAssignment(text) ? { text: text.slice(text.indexOf('=') + 1), isExpanded } : undefined;
}

// A command substitution that may do more than read, or the key or the file kept in a variable.
function mayWriteInside(variables: Variables, word: Word): boolean {
  if (!isKey(word)) return false;
  const value = assignedBy(word);
  if (value) return !isKernelValue(value, variables);
  return (
    word.isExpanded && /[`(]/.test(word.text) && /=|[^2]>|\btee\b/.test(word.text) && !isKernelValue(word, variables)
  );
}
