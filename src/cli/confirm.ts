import { Failure } from './failure.ts';
import type { Io } from './io.ts';

/** How a command that changes the cluster was told to go about it. */
export interface Consent {
  /** Do it without asking. */
  readonly yes: boolean;
  /** Only show it; the API server checks it without storing anything. */
  readonly dryRun: boolean;
}

/** Asks before the cluster is changed; throws when nobody can be asked and `--yes` was not given. */
export async function isConfirmed({ ask }: Io, { yes, dryRun }: Consent, question: string): Promise<boolean> {
  if (yes || dryRun) return true;
  if (ask === undefined) {
    throw new Failure(
      'nothing was changed: standard input is no terminal, so nobody can be asked; see --dry-run and --yes',
    );
  }
  return /^y(?:es)?$/i.test((await ask(`${question} [y/N] `)).trim());
}

/** Which cluster would be changed, in one line. */
export function clusterLine({ context, server }: { context: string; server: string }): string {
  return `context ${context || '(none)'}, server ${server}`;
}
