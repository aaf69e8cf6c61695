/** The longest warning that the API server passes on whole when there are many. */
const LONGEST_WARNING = 256;

/**
 * Makes a text fit for an admission warning: the API server drops one that holds a line break or another control
 * character, and cuts long ones. Invisible and direction-changing characters go too, so that nobody is misled.
 */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '');
  return line.length <= LONGEST_WARNING ? line : `${[...line.slice(0, LONGEST_WARNING - 1)].slice(0, -1).join('')}…`;
}

/** A value as a warning may quote it: short and printable, else only called `that value`. */
export function quoted(value: string): string {
  return /^[\x20-\x7e]{0,100}$/.test(value) ? `"${value}"` : 'that value';
}

/** An admission warning: says who speaks, in one line. */
export function warning(sentence: string): string {
  return oneLine(`max-map-count: ${sentence}`);
}
