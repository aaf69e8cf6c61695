import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type AdmissionResponse, type ReviewPath, review } from '../core/review.ts';
import type { Settings } from '../core/settings.ts';
import { warning } from '../core/warnings.ts';
import { refuse, sendJson, sendReview } from './answer.ts';
import { readBody } from './body.ts';
import { decodeBody } from './decode.ts';
import { checkBodyHeaders, checkRequest } from './headers.ts';
import { createIntake } from './intake.ts';
import type { Limits } from './limits.ts';
import { type Log, logReview } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createTemplateMemory, type TemplateMemory } from './template-memory.ts';

/** The webhook's paths and the kind of review that each asks for. */
export const PATHS: ReadonlyMap<string, ReviewPath> = new Map([
  ['/mutate/init-container', 'init-container'],
  ['/mutate/node-affinity', 'node-affinity'],
  ['/mutate/none', 'none'],
  ['/warn', 'warn'],
]);

/** What reviews are answered with. */
export interface ReviewsOptions {
  readonly settings: Settings;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limits: Limits;
  /** While true, every answer asks the client to leave its connection. */
  readonly isDraining: () => boolean;
  /** Called with the connection of every review that was answered. */
  readonly onServed: (socket: Socket) => void;
}

/** Answers reviews. */
export interface Reviews {
  readonly answer: (path: ReviewPath, request: IncomingMessage, response: ServerResponse) => void;
  /** Requests from their headers to the end of their answer. */
  readonly inProgress: () => number;
}

/** Answers the reviews of the four paths: nothing stands between Node's HTTP server and the decision. */
export function createReviews(options: ReviewsOptions): Reviews {
  const { settings, metrics, limits, log } = options;
  const intake = createIntake(limits);
  const templates = createTemplateMemory(settings, limits);
  let inProgress = 0;

  const answer = (path: ReviewPath, request: IncomingMessage, response: ServerResponse) => {
    const start = performance.now();
    inProgress += 1;
    response.once('close', () => {
      inProgress -= 1;
    });
    const refused = checkRequest(request, limits) ?? checkBodyHeaders(request, limits);
    if (refused) return refuse(response, metrics, refused);
    const done = (bytes: Buffer) => {
      try {
        answerBody(options, templates, path, bytes, response, start);
        options.onServed(request.socket);
      } catch (error) {
        answerFault(error, response, log);
      }
    };
    readBody(request, intake, limits, done, (problem) => {
      if (problem === 'aborted') metrics.rejected(problem);
      else refuse(response, metrics, problem);
    });
  };
  metrics.watchInProgress(() => inProgress);
  metrics.watchRecalled(templates.recalled);
  return { answer, inProgress: () => inProgress };
}

function answerBody(
  { settings, log, metrics, limits, isDraining }: ReviewsOptions,
  templates: TemplateMemory,
  path: ReviewPath,
  bytes: Buffer,
  response: ServerResponse,
  start: number,
): void {
  let outcome = templates.review(bytes, path);
  let isCut = false;
  if (!outcome) {
    const body = decodeBody(bytes, limits);
    if (!body.ok) {
      refuse(response, metrics, body.cause);
      return;
    }
    isCut = body.isCut;
    outcome = review(body.value, path, settings);
  }
  if (!outcome.ok) {
    refuse(response, metrics, 'review', outcome.problem);
    return;
  }
  const answer = isCut ? withWarning(outcome.answer.response, limits) : outcome.answer.response;
  // Every refusal closes its connection anyway.
  sendReview(response, answer, isDraining() ? { Connection: 'close' } : undefined);
  const { decision, request } = outcome;
  metrics.reviewed({ path, decision, dryRun: request.dryRun, seconds: (performance.now() - start) / 1000 });
  logReview(log, path, outcome);
}

function withWarning(answer: AdmissionResponse, { bodyValues }: Limits): AdmissionResponse {
  const sentence = `not looked at: the object has more than ${bodyValues} values`;
  return { ...answer, warnings: [...(answer.warnings ?? []), warning(sentence)] };
}

/** Tells a client in one line that the fault is ours, and the log which one it is. */
export function answerFault(error: unknown, response: ServerResponse, log: Log): void {
  log.error({ err: error }, 'a request failed');
  if (response.headersSent) response.destroy();
  else sendJson(response, 500, { error: 'internal error' }, { Connection: 'close' });
}
