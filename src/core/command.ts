// Programs that run another program, with the number of operands of their own that come first.
const WRAPPERS: ReadonlyMap<string, number> = new Map([
  ...wrappers(
    0,
    'busybox catatonit command dumb-init env eval exec ionice nice nohup nsenter setpriv setsid stdbuf sudo tini',
  ),
  ...wrappers(1, 'chroot gosu runuser su su-exec timeout'),
]);

function wrappers(operands: number, names: string): [string, number][] {
  return names.split(' ').map((name) => [name, operands]);
}

// Options of the wrappers above that take the next word as their value.
const VALUED_OPTIONS = new Set([
  '-u',
  '-t',
  '--target',
  '--user',
  '--userspec',
  '-n',
  '-g',
  '-s',
  '--shell',
  '--reuid',
  '--regid',
]);

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh']);

/** The words of a command without what only wraps it: `exec gosu elasticsearch env A=b program x` gives `program x`. */
export function unwrap(words: readonly string[]): readonly string[] {
  let rest = words;
  for (;;) {
    while (isAssignment(rest[0] ?? '')) rest = rest.slice(1);
    const name = programName(rest[0] ?? '');
    const operands = WRAPPERS.get(name);
    if (operands === undefined) return rest;
    rest = withoutOwnWords(rest.slice(1), operands);
    // su USER -c SCRIPT
    if (rest[0] === '-c') return ['sh', ...rest];
  }
}

function withoutOwnWords(words: readonly string[], operands: number): readonly string[] {
  let at = 0;
  let left = operands;
  for (;;) {
    const word = words[at];
    if (word === undefined || word === '-c') return words.slice(at);
    if (word === '--' && left === 0) return words.slice(at + 1);
    if (VALUED_OPTIONS.has(word)) at += 2;
    else if (word.startsWith('-')) at += 1;
    else if (left > 0) {
      left -= 1;
      at += 1;
    } else return words.slice(at);
  }
}

/** The text of `sh -c TEXT` in any of its spellings (`bash -exc`, `sh -e -c`, `busybox sh -c`), or undefined. */
export function scriptOf(words: readonly string[]): string | undefined {
  const [program = '', ...rest] = unwrap(words);
  if (!SHELLS.has(programName(program))) return undefined;
  const option = rest.findIndex((word) => /^-[a-zA-Z]*c[a-zA-Z]*$/.test(word));
  if (
    option === -1 ||
    rest.slice(0, option).some((word) => !/^[-+]/.test(word) && !/^(?:pipefail|errexit)$/.test(word))
  )
    return undefined;
  return rest.slice(option + 1).find((word) => word !== '--');
}

/** The name of a program without its folder. */
export function programName(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1);
}

/** True for `NAME=value`. */
export function isAssignment(word: string): boolean {
  return /^[A-Za-z_]\w*=/.test(word);
}
