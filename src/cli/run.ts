import { CommanderError } from 'commander';
import { EXIT, Failure } from './failure.ts';
import { type Io, paint } from './io.ts';
import { createProgram } from './program.ts';

/** Runs one command line (without node and script) and returns its exit code. */
export async function runPlugin(args: readonly string[], io: Io, version: string): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram(io, version, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.error;
    for (const line of complaint(error)) io.stderr.write(`${paint(io.stderr, 'red', 'error:')} ${line}\n`);
    return EXIT.error;
  }
}

function complaint(error: unknown): string[] {
  if (error instanceof Failure) return error.message.split('\n');
  const stack = error instanceof Error ? error.stack : undefined;
  return ['this is a fault of the plugin, please report it with what follows', stack ?? String(error)];
}
