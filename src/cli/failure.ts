/** A command cannot do what it was asked for; the message is for the user, the exit code is 2. */
export class Failure extends Error {}

/** Exit codes of every command. */
export const EXIT = { ok: 0, different: 1, finding: 1, error: 2 } as const;
