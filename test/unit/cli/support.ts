import { runPlugin } from '../../../src/cli/run.ts';

/** What a command line printed and how it ended. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, in the order of a terminal. */
  readonly terminal: string;
  readonly code: number;
}

/** Runs a command line in this process. */
export async function cli(
  args: readonly string[],
  {
    colour = false,
    answer,
  }: {
    colour?: boolean /** What the person at the terminal answers; nobody is there without. */;
    answer?: string;
  } = {},
): Promise<Outcome> {
  const written = { stdout: '', stderr: '', terminal: '' };
  const sink = (stream: 'stdout' | 'stderr') => ({
    colour,
    write(text: string) {
      written[stream] += text;
      written.terminal += text;
    },
  });
  const ask = async (question: string) => {
    sink('stderr').write(`${question}${answer}\n`);
    return answer ?? '';
  };
  const io = { stdout: sink('stdout'), stderr: sink('stderr'), ...(answer !== undefined && { ask }) };
  const code = await runPlugin(args, io, '0.0.0-test');
  return { ...written, code };
}
