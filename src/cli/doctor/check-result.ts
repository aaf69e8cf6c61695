/** The checks of `doctor`, in the order in which they are reported. */
const CHECKS = ['cluster', 'webhook', 'certificate', 'probe', 'pod-security', 'pods', 'crashes', 'nodes'] as const;

/** The result of one check, or of one part of it. */
export interface CheckResult {
  readonly check: (typeof CHECKS)[number];
  /** `unknown`: the check could not be made; the message says why. */
  readonly level: 'ok' | 'finding' | 'unknown';
  readonly message: string;
  /** What to do about it: a command, where there is one. */
  readonly remedy?: string;
}

/** Something that was asked of the cluster: the answer, or one line that says why there is none. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** The finding for a check whose facts could not be had. */
export function unknown(check: CheckResult['check'], { problem }: { readonly problem: string }): CheckResult {
  return { check, level: 'unknown', message: problem };
}
