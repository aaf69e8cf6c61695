// The process that owns everything a run starts. It lives exactly as long as the channel to its parent is open: however
// the parent ends (a return, Ctrl-C, an exception, kill -9), the channel closes, and processes and files go.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event, Order } from './supervised.ts';

const directory = mkdtempSync(join(tmpdir(), 'max-map-count-webhook-'));
const children = new Map<number, ChildProcess>();

process.chdir(directory);
process.on('message', (order: Order) => (order.do === 'start' ? start(order) : signal(order)));
process.on('disconnect', () => void end());
if (process.connected) report({ directory });
else void end();

function start({ id, command, args, env, log }: Order & { do: 'start' }): void {
  const output = openSync(log, 'a');
  const child = spawn(command, args, { cwd: directory, env, stdio: ['ignore', output, output] });
  closeSync(output);
  children.set(id, child);
  child.on('spawn', () => report({ id, pid: child.pid ?? 0 }));
  child.on('error', (error) => {
    children.delete(id);
    report({ id, failed: error.message });
  });
  child.on('exit', (code, signalName) => {
    children.delete(id);
    report({ id, exit: signalName ?? code ?? 0 });
  });
}

function signal({ id, name }: Order & { do: 'signal' }): void {
  children.get(id)?.kill(name);
}

/** The parent may be gone already: then `disconnect` follows, and a report that nobody reads must not be the end. */
function report(event: Event): void {
  if (process.connected) process.send?.(event, undefined, undefined, () => undefined);
}

/** Nothing that runs here has data worth saving, so nobody is asked politely. */
async function end(): Promise<void> {
  const exits = [...children.values()].map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of children.values()) child.kill('SIGKILL');
  await Promise.race([Promise.all(exits), new Promise((resolve) => setTimeout(resolve, 5000))]);
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}
