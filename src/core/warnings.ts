/** The longest warning that the API server passes on whole when there are many. */
const LONGEST_WARNING = 256;

/**
 * Makes a text fit for an admission warning: the API server drops one that holds a line break or another control
 * character, and cuts long ones. Invisible and direction-changing characters go too, so that nobody is misled.
 */
export function oneLine(text: string): string {
  if (text.length <= LONGEST_WARNING && PLAIN.test(text)) return text;
  const line = text.slice(0, LONGEST_READ).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '');
  return line.length <= LONGEST_WARNING ? line : `${[...line.slice(0, LONGEST_WARNING - 1)].slice(0, -1).join('')}…`;
}

// What nearly every warning consists of, and is told faster than what must go.
const PLAIN = /^[\x20-\x7e]*$/;

// Enough for every character that goes; nobody reads the rest of a megabyte.
const LONGEST_READ = 4 * LONGEST_WARNING;

/** A value as a warning may quote it: one line of plain characters, cut in the middle when it is long. */
export function quoted(value: string): string {
  const isLong = value.length > LONGEST_QUOTE;
  const shown = isLong ? `${value.slice(0, HALF)}…${value.slice(-HALF)}` : value;
  return `"${shown.replace(/[^\x20-\x7e…]/g, '?')}"`;
}

const LONGEST_QUOTE = 80;
const HALF = 38;

/** An admission warning: says who speaks, in one line. */
export function warning(sentence: string): string {
  return oneLine(`max-map-count: ${sentence}`);
}
