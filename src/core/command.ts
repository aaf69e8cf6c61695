import type { Container } from './pod.ts';

// Programs that run another program: how many operands of their own come first, and which of their options take a value.
const WRAPPERS: ReadonlyMap<string, readonly [operands: number, valued?: string]> = new Map(
  Object.entries({
    '.': [0],
    busybox: [0],
    catatonit: [0],
    chroot: [1],
    command: [0],
    'dumb-init': [0],
    env: [0, '-u --unset'],
    eval: [0],
    exec: [0, '-a'],
    gosu: [1],
    ionice: [0, '-n'],
    nice: [0, '-n'],
    nohup: [0],
    nsenter: [0, '-t --target'],
    runuser: [1, '-u --user -g -G -s --shell'],
    setpriv: [0, '--reuid --regid --ruid --euid --rgid --egid --groups'],
    setsid: [0],
    source: [0],
    stdbuf: [0, '-i -o -e'],
    su: [1, '-g -G -s --shell'],
    'su-exec': [1],
    sudo: [0, '-u --user -g'],
    timeout: [1, '-s -k -t'],
    tini: [0],
  }),
);

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh']);

/** The words that a container is told to run; undefined where there are more than we read. */
export function commandLine({ command, args, isCommandCut }: Container): readonly string[] | undefined {
  return isCommandCut ? undefined : launched([...command, ...args]);
}

// Argo's and Tekton's own programs, which stand before the command of a step:
// `argoexec emissary ... -- COMMAND`, `/tekton/bin/entrypoint ... -entrypoint PROGRAM -- ARGUMENTS`.
function launched(words: readonly string[]): readonly string[] {
  const [program = ''] = words;
  const end = words.indexOf('--');
  if (programName(program) === 'argoexec' && end !== -1) return words.slice(end + 1);
  if (!program.endsWith('/tekton/bin/entrypoint')) return words;
  const entry = words.indexOf('-entrypoint');
  return [...(entry === -1 ? [] : words.slice(entry + 1, entry + 2)), ...(end === -1 ? [] : words.slice(end + 1))];
}

/** The words of a command without what only wraps it: `exec gosu elasticsearch env A=b program x` gives `program x`. */
export function unwrap(words: readonly string[]): readonly string[] {
  let at = 0;
  for (;;) {
    while (isAssignment(words[at] ?? '')) at += 1;
    const wrapper = WRAPPERS.get(programName(words[at] ?? ''));
    if (wrapper === undefined) return words.slice(at);
    at = afterOwnWords(words, at + 1, ...wrapper);
    // su USER -c SCRIPT
    if (words[at] === '-c') return ['sh', ...words.slice(at)];
  }
}

function afterOwnWords(words: readonly string[], from: number, operands: number, valued = ''): number {
  let at = from;
  let left = operands;
  for (;;) {
    const word = words[at];
    if (word === undefined || word === '-c') return at;
    if (word === '--') return at + 1;
    if (word.startsWith('-')) at += valued.split(' ').includes(word) ? 2 : 1;
    else if (left > 0) {
      left -= 1;
      at += 1;
    } else return at;
  }
}

/** The text of `sh -c TEXT` in any of its spellings (`bash -exc`, `sh -e -c`, `busybox sh -c`), or undefined. */
export function scriptOf(words: readonly string[]): string | undefined {
  const [program = '', ...rest] = unwrap(words);
  if (!SHELLS.has(programName(program))) return undefined;
  const option = rest.findIndex((word) => word.includes('c') && /^-[a-zA-Z]+$/.test(word));
  const isOption = (word: string) => /^[-+]|^(?:pipefail|errexit)$/.test(word);
  if (option === -1 || !rest.slice(0, option).every(isOption)) return undefined;
  return rest.slice(option + 1).find((word) => word !== '--');
}

/** True for a program that is a shell. */
export function isShell(program: string): boolean {
  return SHELLS.has(programName(program));
}

/** True for a shell without a script, which only waits for somebody to type. */
export function isInteractiveShell(words: readonly string[]): boolean {
  const [program = '', ...rest] = unwrap(words);
  return SHELLS.has(programName(program)) && rest.every((word) => /^-(?:[il]+|-login)$/.test(word));
}

/** The name of a program without its folder. */
export function programName(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1);
}

/** True for `NAME=value`. */
export function isAssignment(word: string): boolean {
  return /^[A-Za-z_]\w*=/.test(word);
}
