// What the API server counts of match conditions:
// https://kubernetes.io/docs/reference/instrumentation/metrics/ (apiserver_admission_match_condition_*).
import type { Kubectl } from '../../tools/control-plane/kubectl.ts';
import { outputOf } from '../../tools/process/run.ts';

/** The conditions of some webhook entries, since the API server started. */
export interface ConditionFigures {
  /** Requests that a condition kept from the webhook. */
  readonly excluded: number;
  /** Conditions that could not be evaluated. */
  readonly errors: number;
  /** Evaluations of all conditions of an entry, and what they took together. */
  readonly evaluations: number;
  readonly seconds: number;
}

const PREFIX = 'apiserver_admission_match_condition_';

/** Reads the figures of the entries whose names match. */
export async function conditionFigures(kubectl: Kubectl, names: RegExp): Promise<ConditionFigures> {
  const lines = outputOf(await kubectl(['get', '--raw', '/metrics'])).split('\n');
  const sum = (metric: string) =>
    lines
      .filter(
        (line) => line.startsWith(`${PREFIX}${metric}{`) && names.test(/[{,]name="([^"]*)"/.exec(line)?.[1] ?? ''),
      )
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  return {
    excluded: sum('exclusions_total'),
    errors: sum('evaluation_errors_total'),
    evaluations: sum('evaluation_seconds_count'),
    seconds: sum('evaluation_seconds_sum'),
  };
}
