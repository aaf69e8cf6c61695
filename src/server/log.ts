import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { ReviewOutcome, ReviewPath } from '../core/review.ts';

export type Log = Logger;

/** JSON lines with an ISO time and the level as text, on stdout unless told otherwise. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** One line for a pod that is patched, would be in mode observe, or met a fault; other matched ones show at debug, the rest never. No pod content. */
export function logReview(log: Log, path: ReviewPath, outcome: Extract<ReviewOutcome, { ok: true }>): void {
  const { decision, request, fault } = outcome;
  const pod = {
    namespace: short(request.namespace),
    name: short(request.name),
    uid: request.uid,
    dryRun: request.dryRun,
  };
  const { reason, workload, value, strategy } = decision;
  if (reason === 'internal-error') {
    log.error({ ...pod, path, reason, err: fault }, 'internal error: the pod was let through unchanged');
  } else if (decision.decision === 'patch' && path !== 'warn') {
    log.info({ ...pod, workload, value, strategy, reason, container: short(decision.container.name) }, 'patched pod');
  } else if (reason === 'observe-mode' && path !== 'warn') {
    log.info({ ...pod, path, workload, value, reason }, 'would have patched the pod (mode: observe)');
  } else if (workload !== null) {
    log.debug({ ...pod, path, workload, value, reason }, 'left unchanged');
  }
}

// The API server allows names of up to 253 characters; anyone who can reach the port could send longer ones.
function short(name: string): string {
  return name.slice(0, 253);
}
