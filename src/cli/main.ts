import { ask } from './ask.ts';
import { type Sink, wantsColour } from './io.ts';
import { runPlugin } from './run.ts';

// Set when the bundle is built.
const version = process.env.MAX_MAP_COUNT_WEBHOOK_VERSION ?? 'unreleased';

function sink(stream: NodeJS.WriteStream): Sink {
  // A reader that went away, as in `... | head`, wants no more output and no complaint.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  return { write: (text) => stream.write(text), colour: wantsColour(stream, process.env) };
}

// No handler for SIGINT: it ends the process at once, also while a read from a terminal blocks, and shells report 130.
// No await at the top: the single executable is made of a CommonJS module, which has none.
void runPlugin(
  process.argv.slice(2),
  {
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    // Only when somebody wants to ask: looking at standard input opens it.
    get ask() {
      return process.stdin.isTTY ? ask : undefined;
    },
  },
  version,
).then((code) => {
  process.exitCode = code;
});
