import type { Container } from './pod.ts';
import { type SimpleCommand, simpleCommands } from './shell.ts';

/** What a container starts, as far as its command and arguments tell. */
export type Runs =
  /** The image's own entry point, or a command that names the server. */
  | 'server'
  /** A program or script that may well start the server in the end. */
  | 'unknown'
  /** Only programs that are not the server: curl, sleep, elasticsearch-certutil, ... */
  | 'tool';

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

const UTILITIES = new Set(
  `
  . : [ [[ alias apk apt apt-get awk base64 basename bats break cat cd chgrp chmod chown continue cp curl cut date
  declare df diff dig dirname du echo egrep exit export false fgrep find getent grep gunzip gzip head host
  hostname id ip jq keytool kill kubectl let ln local ls mkdir mktemp mount mv mysql nc ncat netcat nslookup
  openssl ping pkill printenv printf ps psql pwd read readonly return rm rmdir sed seq set shift shopt sleep sort
  stat swapoff sync sysctl tail tar tee telnet test touch tr trap true type ulimit umask uname uniq unset unzip
  wait wc wget which who whoami yes yum zip crash esrally sonar-scanner
`
    .trim()
    .split(/\s+/),
);

// The command-line tools that the server's own image carries beside the server.
const SERVER_TOOLS = new RegExp(
  '^(?:(?:elasticsearch|opensearch|crate)-(?:certgen|certutil|cli|create-enrollment-token|croneval|env|env-from-file|geoip|keystore|' +
    'migrate|node|plugin|reconfigure-node|reset-password|saml-metadata|service-tokens|setup-passwords|shard|sql-cli|' +
    'syskeygen|translog|upgrade|users)|securityadmin|securityadmin_demo|opensearch-onetime-setup|indexer-security-init)(?:\\.sh)?$',
);

const SERVER = /entrypoint|^(?:elasticsearch|opensearch|eswrapper|crate|java|run\.sh|sonar\.sh|start.*\.sh|start_be)$/;

/** What a container starts; the image's entry point counts as the server. */
export function runs(container: Container): Runs {
  const words = [...container.command, ...container.args];
  const entryPointKept = container.command.length === 0 && (words.length === 0 || (words[0] ?? '').startsWith('-'));
  return entryPointKept ? 'server' : wordsRun(words, 0);
}

function wordsRun(words: readonly string[], depth: number): Runs {
  const [program = '', ...rest] = unwrap(words);
  const script = scriptOf([program, ...rest]);
  if (script !== undefined) return depth < 3 ? commandsRun(simpleCommands(script), depth + 1) : 'unknown';
  const name = programName(program);
  if (SERVER_TOOLS.test(name) || UTILITIES.has(name)) return 'tool';
  return SERVER.test(name) ? 'server' : 'unknown';
}

function commandsRun(commands: readonly SimpleCommand[], depth: number): Runs {
  const all = commands.filter(({ words }) => !words.every(isAssignment)).map(({ words }) => wordsRun(words, depth));
  if (all.includes('server')) return 'server';
  return all.includes('unknown') ? 'unknown' : 'tool';
}

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
