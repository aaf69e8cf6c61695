// The process that owns everything a run starts. It lives exactly as long as the channel to its parent is open: however
// the parent ends (a return, Ctrl-C, an exception, kill -9), the channel closes, and processes and files go.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Event, KEEP_DIRECTORY, type Order } from './supervisor.ts';

type OrderTo<Act extends Order['do']> = Order & { do: Act };

const directory = mkdtempSync(join(tmpdir(), 'max-map-count-webhook-'));
const children = new Map<number, ChildProcess>();
const last: OrderTo<'run last'>[] = [];

process.chdir(directory);
process.on('message', (order: Order) => {
  if (order.do === 'start') start(order);
  else if (order.do === 'signal') signal(order);
  else last.unshift(order);
});
process.on('disconnect', () => void end());
if (process.connected) report({ directory });
else void end();

function start({ id, command, args, env, log }: OrderTo<'start'>): void {
  const output = log === undefined ? 'inherit' : openSync(log, 'a');
  const child = spawn(command, args, { cwd: directory, env, stdio: ['ignore', output, output] });
  if (output !== 'inherit') closeSync(output);
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

function signal({ id, name }: OrderTo<'signal'>): void {
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
  for (const order of last) await runToItsEnd(order);
  if (!process.argv.includes(KEEP_DIRECTORY)) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}

/** It says itself what goes wrong, on stderr; the rest of the clean-up goes on all the same. */
function runToItsEnd({ command, args }: OrderTo<'run last'>): Promise<void> {
  const child = spawn(command, args, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) => {
    child.on('exit', () => resolve());
    child.on('error', () => resolve());
  });
}
