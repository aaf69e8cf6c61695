import type { Catalogue } from './catalogue.ts';
import { commandLine, isAssignment, isInteractiveShell, isShell, programName, scriptOf, unwrap } from './command.ts';
import { LIMITS } from './limits.ts';
import type { Container } from './pod.ts';
import { simpleCommands } from './shell.ts';

/** What a container starts, as far as its command and arguments tell. */
export type Runs =
  /** The image's own entry point, or a command that names the server. */
  | 'server'
  /** A program or script that may well start the server in the end. */
  | 'unknown'
  /** Only programs that are not the server: curl, sleep, elasticsearch-certutil, ... */
  | 'tool';

/** The programs that the rows in force know: those that start a server, and the command-line tools beside it. */
export type Programs = Pick<Catalogue, 'programs' | 'tools'>;

const UTILITIES = new Set(
  `
  : [ [[ alias apk apt apt-get awk base64 basename bats break cat cd chgrp chmod chown continue cp curl cut date
  declare df diff dig dirname du echo egrep exit export false fgrep find getent grep gunzip gzip head host
  hostname id ip jq keytool kill kubectl let ln local ls mkdir mktemp mount mv mysql nc ncat netcat nslookup
  openssl ping pkill printenv printf ps psql pwd read readonly return rm rmdir sed seq set shift shopt sleep sort
  stat swapoff sync sysctl tail tar tee telnet test touch tr trap true type ulimit umask uname uniq unset unzip
  wait wc wget which who whoami yes yum zip
`
    .trim()
    .split(/\s+/),
);

/** What images call the script that starts their server. */
export const START_SCRIPT = /entrypoint|^(?:run\.sh|start[\w.-]*\.sh)$/;

/** What a container starts; the image's entry point counts as the server. */
export function runs(container: Container, programs: Programs): Runs {
  const words = commandLine(container);
  if (words === undefined) return 'unknown';
  const [first = ''] = container.args;
  const isEntryPointKept = container.command.length === 0 && (first === '' || first.startsWith('-'));
  return isEntryPointKept ? 'server' : wordsRun(words, programs);
}

/** JSON Pointer of the part of the command line that decides. */
export function commandPath({ path, args }: Container): string {
  return `${path}${args.length > 0 ? '/args' : '/command'}`;
}

/** What a command line starts. */
export function wordsRun(words: readonly string[], programs: Programs, depth = 0): Runs {
  const inner = unwrap(words);
  const script = scriptOf(inner);
  if (script !== undefined)
    return depth < LIMITS.nestedCommands.most ? scriptRuns(script, programs, depth + 1) : 'unknown';
  if (isInteractiveShell(inner)) return 'tool';
  const program = inner[0] ?? '';
  const name = programName(isShell(program) ? scriptFile(inner) : program);
  if (programs.tools.has(withoutSuffix(name)) || UTILITIES.has(name)) return 'tool';
  // A Java server is told by its class, another program by its name.
  const isClass = name === 'java' && inner.some((word) => programs.programs.has(word));
  return isClass || programs.programs.has(name) || START_SCRIPT.test(name) ? 'server' : 'unknown';
}

// `bash /scripts/start.sh` runs what the file holds.
function scriptFile([, ...rest]: readonly string[]): string {
  return rest.find((word) => !/^[-+]/.test(word)) ?? '';
}

function scriptRuns(script: string, programs: Programs, depth: number): Runs {
  const started = simpleCommands(script).filter(({ words }) => !words.every(isAssignment));
  const all = new Set(started.map(({ words }) => wordsRun(words, programs, depth)));
  if (all.has('server')) return 'server';
  return all.has('unknown') || all.size === 0 ? 'unknown' : 'tool';
}

function withoutSuffix(name: string): string {
  return name.endsWith('.sh') ? name.slice(0, -3) : name;
}
