/** A command cannot do what it was asked for; the message is for the user, the exit code is 2. */
export class Failure extends Error {}

/** Exit codes of every command. */
export const EXIT = { ok: 0, different: 1, finding: 1, error: 2 } as const;

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  EACCES: 'you may not read it (permission denied)',
  EISDIR: 'is a directory',
  ELOOP: 'is a loop of symbolic links',
  ENXIO: 'is a socket or device, not a regular file',
};

/** An error in one plain line: what the system reports by a code becomes a sentence. */
export function plain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return SYSTEM_ERRORS[code] ?? error.message;
}
