/** Asks the person at the terminal, on standard error; the end of the input is an empty answer. */
export async function ask(question: string): Promise<string> {
  // Most commands ask nothing.
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  return await Promise.race([terminal.question(question), closed]).finally(() => terminal.close());
}
