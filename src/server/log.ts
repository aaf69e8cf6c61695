import { type DestinationStream, destination, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import type { ReviewOutcome, ReviewPath } from '../core/review.ts';
import { directWrite } from './direct-write.ts';
import { DEFAULT_LIMITS } from './limits.ts';

export type Log = Logger;

/** JSON lines with an ISO time and the level as text, on stdout unless told otherwise. */
export function createLog(level: string, stream?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return stream ? pino(options, stream) : logOnStdout(options);
}

// Never waits for whoever reads, nor keeps lines for them beyond the limit. A line is written at once where it can be; the
// library, which needs another thread for each, takes over until nothing of its own is left to be written.
function logOnStdout(options: LoggerOptions): Log {
  const writeNow = directWrite(1);
  const stdout = destination({ dest: 1, sync: false, maxLength: DEFAULT_LIMITS.logBytes });
  let isBehind = false;
  const write = (line: string) => {
    isBehind ||= !writeNow(line);
    if (isBehind) stdout.write(line);
  };
  const log = pino(options, { write });
  let dropped = 0;
  stdout.on('drop', () => {
    dropped += 1;
  });
  stdout.on('drain', () => {
    isBehind = false;
    if (dropped === 0) return;
    log.warn({ dropped }, 'log lines were dropped, because nobody read those before them');
    dropped = 0;
  });
  return log;
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
  const { reason, workload, value, strategy, container } = decision;
  if (reason === 'internal-error') {
    log.error({ ...pod, path, reason, err: fault }, 'internal error: the pod was let through unchanged');
  } else if (container && path !== 'warn') {
    log.info({ ...pod, workload, value, strategy, reason, container: short(container.name) }, 'patched pod');
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
