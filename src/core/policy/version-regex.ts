import { NEVER_MATCHES } from '../cel.ts';
import { versionParts } from '../version.ts';

// Regular expressions for RE2, on texts of digits and dots: CEL has no function that compares versions such as 8.9 and 8.16.

/**
 * A regular expression, without anchors, for the versions below a bound as the rows' ranges mean it: a series such
 * as `8` counts as its newest. Undefined where there is none.
 */
export function versionsBelow(bound: string): string | undefined {
  const parts = versionParts(bound);
  const lower = parts.flatMap((part, at) => {
    const below = numbersBelow(part);
    return below === undefined ? [] : [`${same(parts.slice(0, at))}${below}(?:[.][0-9]+)*`];
  });
  // From three parts on a version is whole: what it does not state is 0.
  const shorter = parts.flatMap((_, at) => {
    return at >= WHOLE && parts.slice(at).some((part) => part > 0) ? [same(parts.slice(0, at)).slice(0, -3)] : [];
  });
  const all = [...lower, ...shorter];
  return all.length > 0 ? `(?:${all.join('|')})` : undefined;
}

const WHOLE = 3;

/** The same for versions written as three digits, such as 742; it takes some that are not lower, too. */
export function digitsBelow(bound: string): string {
  const [first, ...rest] = versionParts(bound) as [number, ...number[]];
  const most = Math.min(9, rest.some((part) => part > 0) ? first : first - 1);
  return most < 0 ? NEVER_MATCHES : `[0-${most}][0-9][0-9]`;
}

function same(parts: readonly number[]): string {
  return parts.map((part) => `0*${part}[.]`).join('');
}

/** A regular expression, without anchors, for decimal numbers below one; undefined below 0. */
function numbersBelow(bound: number): string | undefined {
  if (bound <= 0) return undefined;
  const digits = String(bound);
  const sameLength = [...digits].flatMap((digit, at) => {
    if (digit === '0') return [];
    const rest = digits.length - at - 1;
    const upTo = digit === '1' ? '0' : `[0-${Number(digit) - 1}]`;
    return [`${digits.slice(0, at)}${upTo}${rest === 0 ? '' : `[0-9]{${rest}}`}`];
  });
  const shorter = digits.length > 1 ? [`[0-9]{1,${digits.length - 1}}`] : [];
  return `0*(?:${[...shorter, ...sameLength].join('|')})`;
}
