import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** How a program ended and what it said. */
export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** What a kubectl call may get besides its arguments. */
export interface CallOptions {
  /** Standard input, for `-f -`. */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end with the given standard input. */
export async function run(path: string, args: readonly string[], options: CallOptions = {}): Promise<Result> {
  const child = spawn(path, args, { env: { ...process.env, ...options.env } });
  // A program that ends without reading its input is no fault.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const code = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => resolve(exit ?? 128));
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), code]);
  return { stdout, stderr, code: await code };
}

/** What a program printed; throws what it complained about when it failed. */
export function outputOf({ stdout, stderr, code }: Result): string {
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr.trim()}`);
  return stdout;
}
