import { programName, scriptOf } from './command.ts';
import { HIGHEST } from './kernel-range.ts';
import type { NonEmpty } from './non-empty.ts';
import type { Command, Word } from './shell.ts';

/** What a script's variables hold, as far as it is a number or the kernel's present value. */
export interface Variables {
  readonly numbers: Map<string, number | undefined>;
  readonly kernel: Set<string>;
  /** The container's own, as the pod shows them. */
  pod: ReadonlyMap<string, string>;
}

const FILE = '/proc/sys/vm/max_map_count';
const VARIABLE = /^\$\{([A-Za-z_]\w*)\}$/;
const READ_FILE = /^(?:cat |< ?)\/proc\/sys\/vm\/max_map_count$/;
const READ_SYSCTL =
  /^(?:\/(?:usr\/)?s?bin\/)?sysctl (?:(?:-[enqb]*[nb][enqb]*|--values) vm[./]max_map_count|vm[./]max_map_count (?:-n|--values|\| ?awk \{ ?print \$(?:3|NF) ?\}|\| ?cut -d ?= -f ?2))$/;

/** True for a word that is the kernel's present value: `$(cat /proc/sys/vm/max_map_count)`, `$(sysctl -n ...)`, a variable set to one. */
export function isKernelValue({ text, isExpanded }: Word, { kernel }: Variables): boolean {
  if (!isExpanded || text.length > 200) return false;
  const name = VARIABLE.exec(text)?.[1];
  if (name !== undefined) return kernel.has(name);
  const inner = /^\$\((.*)\)$|^`(.*)`$/s.exec(text);
  const command = (inner?.[1] ?? inner?.[2] ?? '')
    .replace(/2> ?\/dev\/null/, '')
    .replace(/["'\s]+/g, ' ')
    .trim();
  return READ_FILE.test(command) || READ_SYSCTL.test(command);
}

/** The number that a word stands for: a literal, or a variable that holds one. */
export function numberOf({ text, isExpanded }: Word, { numbers, pod }: Variables): number | undefined {
  if (!isExpanded) return numberIn(text);
  const name = VARIABLE.exec(text)?.[1];
  if (name === undefined) return undefined;
  return numbers.has(name) ? numbers.get(name) : numberIn(pod.get(name) ?? '');
}

// Plain decimal digits: the kernel reads a leading 0 as octal, and holds an int.
function numberIn(text: string): number | undefined {
  return /^[1-9]\d{0,9}$/.test(text) && Number(text) <= HIGHEST ? Number(text) : undefined;
}

/** True when a word names the setting or its file. */
export function isKey({ text }: Word): boolean {
  return text.includes('max_map_count');
}

/** What a test says of the kernel's value: it succeeds wherever that is below the bound, or only where it is not. */
export interface Comparison {
  readonly succeeds: 'below' | 'from';
  readonly bound: number;
}

/** The comparison that a test makes with the kernel's value; undefined for any other command. */
export function comparisonOf([program, ...operands]: NonEmpty<Word>, variables: Variables): Comparison | undefined {
  const [left, operator, right, close, ...rest] = operands;
  const isTest = /^(?:\[\[?|test)$/.test(program.text) && (close === undefined || /^\]\]?$/.test(close.text));
  if (!isTest || !left || !operator || !right || rest.length > 0) return undefined;
  const isLeft = isKernelValue(left, variables);
  const bound = numberOf(isLeft ? right : left, variables);
  if (bound === undefined || !(isLeft || isKernelValue(right, variables))) return undefined;
  const found = COMPARISONS[isLeft ? operator.text : (MIRRORED[operator.text] ?? operator.text)];
  return found && { succeeds: found[0], bound: bound + found[1] };
}

// As if the kernel's value stood on the left: when it succeeds, and by how much the bound moves.
const COMPARISONS: Readonly<Record<string, readonly [Comparison['succeeds'], more: number]>> = {
  '-lt': ['below', 0],
  '-le': ['below', 1],
  '-ne': ['below', 0],
  '!=': ['below', 0],
  '-ge': ['from', 0],
  '-gt': ['from', 1],
  '-eq': ['from', 0],
  '=': ['from', 0],
  '==': ['from', 0],
};
const MIRRORED: Readonly<Record<string, string>> = { '-lt': '-gt', '-gt': '-lt', '-le': '-ge', '-ge': '-le' };

const PRINTERS = new Set(['echo', 'printf', 'cat', 'grep', 'egrep', '[', '[[', 'test']);

/**
 * The number that a command writes to vm.max_map_count; null when it may write one that cannot be told, undefined when it
 * writes none. `input` is the command whose output it reads.
 */
export function writtenBy(
  { words, outputs }: Pick<Command, 'words' | 'outputs'>,
  input: Command | undefined,
  variables: Variables,
): number | null | undefined {
  const [program, ...operands] = words;
  const name = programName(program?.text ?? '');
  if (outputs.at(-1)?.text === FILE) return printedBy(words, variables);
  if (name === 'tee' && operands.some(({ text }) => text === FILE)) return printedBy(input?.words ?? [], variables);
  if (name === 'sysctl') return setBy(operands, variables);
  const script = scriptOf(words.map(({ text }) => text)) ?? '';
  const names = outputs.some(isKey) || (!PRINTERS.has(name) && words.some(isKey)) || script.includes('max_map_count');
  return names ? null : undefined;
}

function printedBy([program, ...operands]: readonly Word[], variables: Variables): number | null {
  const last = operands.at(-1);
  const isPlain = operands.slice(0, -1).every(({ text }) => /^-n$|^%[sd](?:\\n)?$/.test(text));
  if (!program || !last || !isPlain || !/^(?:echo|printf)$/.test(program.text)) return null;
  return numberOf({ ...last, text: last.text.replace(/\\n$/, '') }, variables) ?? null;
}

function setBy(operands: readonly Word[], variables: Variables): number | null | undefined {
  if (operands.some(({ text }) => /^(?:-[aAX]|--all)$/.test(text))) return undefined;
  let value: number | null | undefined;
  for (const { text, isExpanded } of operands) {
    const found = /^vm[./]max_map_count=(.*)$/s.exec(text)?.[1];
    if (found !== undefined) value = numberOf({ text: found, isExpanded }, variables) ?? null;
    else if (isExpanded && !/^[a-z][\w./-]*=/.test(text)) return null;
    else if (text.startsWith('-') && !/^(?:-[wqenbi]+|--(?:write|quiet|ignore|values))$/.test(text)) return null;
    else if (text.includes('=') && isKey({ text, isExpanded })) return null;
  }
  return value;
}
