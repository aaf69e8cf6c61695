import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A control group of the kernel that gives its processes so much memory and no more. */
export interface MemoryCgroup {
  /** A command that runs another one inside: `sh -c SCRIPT sh COMMAND ...`. */
  readonly enter: readonly string[];
  /** The most memory that was in use, in bytes. */
  readonly peak: () => number;
  /** How often the kernel killed for lack of memory. */
  readonly kills: () => number;
  /** Takes it away; its processes must be gone. */
  readonly remove: () => void;
}

/** Makes a control group with this limit, in version 1 or 2 of the interface, or says in a sentence why this machine cannot. */
export function createMemoryCgroup(bytes: number): MemoryCgroup | string {
  const name = `max-map-count-webhook-${process.pid}`;
  const failures: string[] = [];
  for (const { parent, limit, swap, peak, kills } of candidates()) {
    const path = join(parent, name);
    try {
      mkdirSync(path);
    } catch (error) {
      failures.push((error as Error).message);
      continue;
    }
    try {
      writeFileSync(join(path, limit), String(bytes));
      // Where the machine swaps, the pages that do not fit would leave instead of killing; Kubernetes counts them, too.
      if (existsSync(join(path, swap)))
        writeFileSync(join(path, swap), swap === 'memory.swap.max' ? '0' : String(bytes));
    } catch (error) {
      rmdirSync(path);
      failures.push((error as Error).message);
      continue;
    }
    const read = (file: string) => readFileSync(join(path, file), 'utf8');
    return {
      enter: ['sh', '-c', `echo $$ > ${path}/cgroup.procs && exec "$@"`, 'sh'],
      peak: () => Number(read(peak)),
      kills: () => Number(/^oom_kill (\d+)/m.exec(read(kills))?.[1]),
      remove: () => rmdirSync(path),
    };
  }
  return `no memory cgroup can be made here (${failures.join('; ') || 'no cgroup file system'}): run as root, or in a systemd scope with Delegate=yes`;
}

const V1 = {
  limit: 'memory.limit_in_bytes',
  swap: 'memory.memsw.limit_in_bytes',
  peak: 'memory.max_usage_in_bytes',
  kills: 'memory.oom_control',
} as const;
const V2 = { limit: 'memory.max', swap: 'memory.swap.max', peak: 'memory.peak', kills: 'memory.events' } as const;

// Below our own group, beside it, and at the top: version 2 allows no groups below one that holds processes itself.
function candidates() {
  const own = (pattern: RegExp) => pattern.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
  const from = (root: string, path: string) => [...new Set([join(root, path), join(root, dirname(path)), root])];
  return [
    ...from('/sys/fs/cgroup/memory', own(/^\d+:memory:(.*)$/m)).map((parent) => ({ parent, ...V1 })),
    ...from('/sys/fs/cgroup', own(/^0::(.*)$/m)).map((parent) => ({ parent, ...V2 })),
  ].filter(({ parent, limit }) => (limit === V1.limit ? existsSync(join(parent, limit)) : holdsMemory(parent)));
}

function holdsMemory(parent: string): boolean {
  const controllers = join(parent, 'cgroup.subtree_control');
  return existsSync(controllers) && readFileSync(controllers, 'utf8').split(/\s/).includes('memory');
}
