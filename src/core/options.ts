// How a command line hands a setting to the server: `-Ename=value`, `-E name=value`, `-C…` (CrateDB), `-D…` (Java) and
// `--name=value`.

/** True for a word after which a setting stands: `-E`, `-C`, `-D`. */
export function isSettingOption(word: unknown): boolean {
  return word === '-E' || word === '-C' || word === '-D';
}

/** Where the name of a setting starts in a word such as `-Ename=value` or `--name=value`; -1 when the word is no such option. */
export function settingStart(word: string): number {
  if (word.charCodeAt(0) !== DASH || !isLowerCase(word.charCodeAt(2))) return -1;
  const second = word.charAt(1);
  return second === 'E' || second === 'C' || second === 'D' || second === '-' ? 2 : -1;
}

const DASH = 45;

function isLowerCase(code: number): boolean {
  return code >= 97 && code <= 122;
}
