/** One output stream of the program. */
export interface Sink {
  write(text: string): void;
  /** True when its reader shows colours. */
  readonly colour: boolean;
}

/** What the program reads from and writes to; the tests put strings in its place. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Asks the person at the terminal and returns the line they typed; undefined when standard input is no terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

/** A stream as far as colours go. */
interface Terminal {
  readonly isTTY?: boolean;
}

/** Whether to colour what goes to a stream: NO_COLOR, then FORCE_COLOR, then whether a person watches. */
export function wantsColour({ isTTY = false }: Terminal, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTTY && env.TERM !== 'dumb';
}

const CODES = { bold: 1, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** A text in a colour, when the sink shows colours. */
export function paint(sink: Sink, style: keyof typeof CODES, text: string): string {
  return sink.colour ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}

/** A table with aligned columns and two spaces between them; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
