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
  return SYSTEM_ERRORS[codeOf(error) ?? ''] ?? error.message;
}

/** The code of a system's error, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
