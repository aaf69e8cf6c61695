import { isAssignment, programName, scriptOf, unwrap } from './command.ts';
import { type SimpleCommand, simpleCommands } from './shell.ts';

/** What a command line does about vm.max_map_count. */
export interface Effect {
  /** The value it sets or waits for; null when the text does not tell. */
  readonly value: number | null;
  /** `set` overwrites whatever was there, `raise` compares first, `wait` blocks until the node has it. */
  readonly how: 'set' | 'raise' | 'wait';
  /** True when `sh -c` gets `sysctl` and its operands as separate words, so that the operands are lost. */
  readonly isTornApart: boolean;
  /** True when it writes through a mount of the host's /proc. */
  readonly host: boolean;
}

type Variables = Map<string, string>;

const KEY = /^vm[./]max_map_count\s*=\s*(.*)$/s;
const PROC_FILE = /^(.*)\/proc\/sys\/vm\/max_map_count$/s;

/**
 * What a command line does about vm.max_map_count: sysctl in any spelling, a redirect or tee into /proc, through
 * variables, pipes, wrappers and `sh -c`. Undefined when it does nothing about it that can be seen.
 */
export function effectOf(words: readonly string[], variables: ReadonlyMap<string, string>): Effect | undefined {
  return effectOfWords(words, new Map(variables), 0);
}

function effectOfWords(words: readonly string[], variables: Variables, depth: number): Effect | undefined {
  const script = scriptOf(words);
  if (script === undefined) return effectOfCommands([{ words, outputs: [], piped: false }], variables, depth);
  const inner = unwrap(words);
  const operands = inner.slice(inner.indexOf(script) + 1);
  if (script.trim() === 'sysctl' && operands.some((word) => KEY.test(word)))
    return { ...write(null, false), isTornApart: true };
  const scope = new Map([...variables, ...operands.map((value, index) => [String(index), value] as const)]);
  const effect = depth < 3 ? effectOfCommands(simpleCommands(script), scope, depth + 1) : undefined;
  const compares = /-(?:lt|le|gt|ge)\b|\(\(|[<>]=?\s*\d{4}/.test(script);
  if (effect) return compares && effect.how === 'set' ? { ...effect, how: 'raise' } : effect;
  return waitedFor(script, scope);
}

function effectOfCommands(commands: readonly SimpleCommand[], variables: Variables, depth: number): Effect | undefined {
  let effect: Effect | undefined;
  // What was written into a file such as /etc/sysctl.conf, to be loaded by sysctl -p.
  let configured: number | null | undefined;
  commands.forEach((command, index) => {
    for (const word of command.words.filter(isAssignment)) assign(word, variables);
    const words = unwrap(command.words);
    if (programName(words[0] ?? '') === 'sysctl') effect = effectOfSysctl(words, variables, configured) ?? effect;
    else if (scriptOf(words) !== undefined) effect = effectOfWords(words, variables, depth) ?? effect;
    else {
      effect = effectOfRedirect(command, commands[index - 1], variables) ?? effect;
      const line = /(?:^|\s)vm[./]max_map_count\s*=\s*(\S+)/.exec(words.join(' '))?.[1];
      if (line !== undefined) configured = number(line, variables);
    }
  });
  return effect;
}

function effectOfSysctl(
  words: readonly string[],
  variables: Variables,
  configured: number | null | undefined,
): Effect | undefined {
  const value = words.map((word) => KEY.exec(word)?.[1]).findLast((found) => found !== undefined);
  if (value !== undefined) return write(number(value, variables), false);
  const loads = words.some((word) => /^(?:-p.*|--system|--load.*|-f)$/.test(word));
  return loads && configured !== undefined ? write(configured, false) : undefined;
}

function effectOfRedirect(
  command: SimpleCommand,
  before: SimpleCommand | undefined,
  variables: Variables,
): Effect | undefined {
  const isTee = programName(unwrap(command.words)[0] ?? '') === 'tee';
  const targets = isTee ? [...command.outputs, ...command.words] : command.outputs;
  const file = targets.map((target) => PROC_FILE.exec(target)).find((found) => found !== null);
  const printed = isTee && command.piped ? before?.words : command.words;
  return file ? write(number(printed?.at(-1), variables), file[1] !== '') : undefined;
}

function write(value: number | null, host: boolean): Effect {
  return { value, how: 'set', isTornApart: false, host };
}

function assign(word: string, variables: Variables): void {
  const equals = word.indexOf('=');
  variables.set(word.slice(0, equals), resolve(word.slice(equals + 1), variables));
}

// ${NAME}, ${NAME:-default}, $NAME, $1
function resolve(text: string, variables: Variables): string {
  return text.replace(
    /\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
    (whole, braced?: string, fallback?: string, bare?: string) => {
      return variables.get(braced ?? bare ?? '') ?? fallback ?? whole;
    },
  );
}

function number(text: string | undefined, variables: Variables): number | null {
  const resolved = resolve(text ?? '', variables)
    .trim()
    .replace(/\\n$/, '');
  return /^\d{1,10}$/.test(resolved) ? Number(resolved) : null;
}

// A loop that only reads the value and compares it: the pod does not start before something else has raised it.
function waitedFor(script: string, variables: Variables): Effect | undefined {
  if (!/max_map_count/.test(script) || !/\b(?:while|until)\b/.test(script)) return undefined;
  const value = /\b\d{5,10}\b/.exec(resolve(script, variables))?.[0];
  return { ...write(value === undefined ? null : Number(value), false), how: 'wait' };
}
