/** A Markdown table. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), `|${headings.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** A text as Markdown code. */
export function code(text: string | number | boolean): string {
  return `\`${text}\``;
}

/** A list of texts as Markdown code, in one line. */
export function codes(texts: readonly (string | number)[]): string {
  return texts.map(code).join(', ');
}
