import { type ChildProcess, fork } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The supervisor's only argument, when its parent wants to keep the directory. */
export const KEEP_DIRECTORY = '--keep-directory';

/** What the parent tells the supervisor. */
export type Order =
  | {
      readonly do: 'start';
      readonly id: number;
      readonly command: string;
      readonly args: readonly string[];
      readonly env: NodeJS.ProcessEnv;
      /** Where its output goes; undefined: where the parent's goes. */
      readonly log: string | undefined;
    }
  | { readonly do: 'run last'; readonly command: string; readonly args: readonly string[] }
  | { readonly do: 'signal'; readonly id: number; readonly name: NodeJS.Signals };

/** What the supervisor tells the parent. */
export type Event =
  | { readonly directory: string }
  | { readonly id: number; readonly pid: number }
  | { readonly id: number; readonly failed: string }
  | { readonly id: number; readonly exit: number | string };

/** A program that was started. */
export interface Supervised {
  readonly name: string;
  readonly pid: number;
  /** The file that its output goes to. */
  readonly log: string;
  /** Settles when the program ends: its exit code or the signal that ended it. */
  readonly exit: Promise<number | string>;
  signal(name: NodeJS.Signals): void;
}

/** Starts programs that end, and whose temporary directory goes, when this process ends in whatever way or calls `stop`. */
export interface Supervisor {
  readonly directory: string;
  readonly pid: number;
  start(name: string, command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Supervised>;
  /** Starts a program whose output is shown instead of kept, and waits for its end: the exit code or signal. */
  show(name: string, command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<number | string>;
  /** Runs a program after all the others have ended, last come first served, while the directory is still there. */
  runLast(command: string, args: readonly string[]): void;
  stop(): Promise<void>;
}

/** How a supervisor ends. */
export interface SupervisorOptions {
  /** Leaves the directory to somebody else, who can remove what is mounted below it. Default: false. */
  readonly keepDirectory?: boolean;
}

/** Starts a supervisor with a new temporary directory. */
export async function startSupervisor({ keepDirectory = false }: SupervisorOptions = {}): Promise<Supervisor> {
  // A process group of its own: Ctrl-C in the terminal must reach this process only, which then lets go of the channel.
  const child = fork(
    fileURLToPath(new URL('supervisor-process.ts', import.meta.url)),
    keepDirectory ? [KEEP_DIRECTORY] : [],
    {
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  child.setMaxListeners(0);
  const ended = new Promise<boolean>((resolve) => child.once('exit', (code) => resolve(code === 0)));
  const { pid } = child;
  const directory = await nextEvent(child, (event) => ('directory' in event ? event.directory : undefined), ended);
  if (directory === undefined || pid === undefined)
    throw new Error('the supervisor of the control plane did not start');
  let count = 0;
  const slot = (name: string): Slot => {
    count += 1;
    return { child, ended, id: count, name };
  };
  return {
    directory,
    pid,
    async start(name, command, args, env = {}) {
      const own = slot(name);
      const log = join(directory, `${name}-${own.id}.log`);
      return { ...(await startSupervised(own, log, command, args, env)), log };
    },
    async show(name, command, args, env = {}) {
      const { exit } = await startSupervised(slot(name), undefined, command, args, env);
      return exit;
    },
    runLast(command, args) {
      child.send({ do: 'run last', command, args } satisfies Order);
    },
    async stop() {
      if (child.connected) child.disconnect();
      if (await ended) return;
      killGroup(pid);
      if (!keepDirectory) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Slot {
  readonly child: ChildProcess;
  readonly ended: Promise<boolean>;
  readonly id: number;
  readonly name: string;
}

async function startSupervised(
  { child, ended, id, name }: Slot,
  log: string | undefined,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Omit<Supervised, 'log'>> {
  const own = (event: Event) => ('id' in event && event.id === id ? event : undefined);
  const started = nextEvent(child, own, ended);
  const exit = nextEvent(child, (event) => (own(event) && 'exit' in event ? event.exit : undefined), ended);
  child.send({ do: 'start', id, command, args, env: { ...process.env, ...env }, log } satisfies Order);
  const event = await started;
  if (event === undefined || !('pid' in event)) {
    throw new Error(
      `${name} did not start: ${event && 'failed' in event ? event.failed : 'no supervisor'} (${command})`,
    );
  }
  return {
    name,
    pid: event.pid,
    exit: exit.then((code) => code ?? 'SIGKILL'),
    signal(signal) {
      if (child.connected) child.send({ do: 'signal', id, name: signal } satisfies Order);
    },
  };
}

function nextEvent<T>(
  child: ChildProcess,
  pick: (event: Event) => T | undefined,
  ended: Promise<boolean>,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const listener = (event: Event) => {
      const picked = pick(event);
      if (picked === undefined) return;
      child.off('message', listener);
      resolve(picked);
    };
    child.on('message', listener);
    ended.then(() => resolve(undefined));
  });
}

/** For the case that the supervisor itself was killed: its children share its process group. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
