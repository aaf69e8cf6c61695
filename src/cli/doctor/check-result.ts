import { type Check, FINDINGS, type FindingId, type Level } from './findings.ts';
import { type Rule, ruleText } from './rights.ts';

/** The result of one check, or of one part of it. */
export interface CheckResult {
  readonly id: FindingId;
  readonly check: Check;
  readonly level: Level;
  readonly message: string;
  /** What to do about it: a command, where there is one. */
  readonly remedy?: string;
  /** The paragraph about it; absent where all is well. */
  readonly docs?: string;
}

/** Something that was asked of the cluster: the answer, or one line that says why there is none. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | Failed;

/** A question without an answer. */
export interface Failed {
  readonly ok: false;
  readonly problem: string;
  /** The right that was missing; absent when something else went wrong. */
  readonly rule?: Rule;
}

const PAGE = 'https://github.com/max-map-count-webhook/max-map-count-webhook/blob/main/docs/doctor.md';

/** A result by its id, which decides the rest. */
export function result(id: keyof typeof FINDINGS, message: string, remedy?: string): CheckResult {
  const [check, level] = FINDINGS[id];
  return {
    id,
    check,
    level,
    message,
    ...(remedy !== undefined && { remedy }),
    ...(level !== 'ok' && { docs: `${PAGE}#${id}` }),
  };
}

/** The result of a check whose facts could not be had, with the right that would help. */
export function unknown(check: Check, { problem, rule }: Failed): CheckResult {
  const id = rule ? 'not-allowed' : 'not-read';
  const remedy = rule && { remedy: `ask for a role with the rule ${ruleText(rule)}` };
  return { id, check, level: 'unknown', message: problem, ...remedy, docs: `${PAGE}#${id}` };
}
