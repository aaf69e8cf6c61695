import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { type ReviewPath, review } from '../core/review.ts';
import type { Settings } from '../core/settings.ts';
import { refuse, sendJson } from './answer.ts';
import { parseBody, readBody } from './body.ts';
import { checkBodyHeaders, checkRequest } from './headers.ts';
import type { InFlight, Limits } from './in-flight.ts';
import { type Log, logReview } from './log.ts';
import type { Metrics } from './metrics.ts';

/** The webhook's paths and the kind of review that each asks for. */
export const PATHS = {
  '/mutate/init-container': 'init-container',
  '/mutate/node-affinity': 'node-affinity',
  '/mutate/none': 'none',
  '/warn': 'warn',
} as const satisfies Record<string, ReviewPath>;

/** What the webhook's HTTP surface works with. */
export interface AppOptions {
  readonly settings: Settings;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly inFlight: InFlight;
  /** While true, every answer asks the client to leave its connection. */
  readonly isDraining: () => boolean;
}

/** The webhook port's HTTP surface: reviews on four paths, short JSON refusals for everything else. */
export function createApp(options: AppOptions): Express {
  const { log, metrics } = options;
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.enable('case sensitive routing').enable('strict routing');

  app.use((request, response, next) => {
    const cause = checkRequest(request);
    if (cause) refuse(response, metrics, cause);
    else next();
  });
  for (const [path, reviewPath] of Object.entries(PATHS)) {
    app
      .route(path)
      .post((request, response) => answerReview(options, reviewPath, request, response))
      .all((_request, response) => refuse(response, metrics, 'method'));
  }
  app.use((_request, response) => refuse(response, metrics, 'not-found'));
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    log.error({ err: error }, 'a request failed');
    if (response.headersSent) response.destroy();
    else sendJson(response, 500, { error: 'internal error' }, { Connection: 'close' });
  };
  return app.use(onError);
}

async function answerReview(
  { settings, log, metrics, limits, inFlight, isDraining }: AppOptions,
  path: ReviewPath,
  request: Request,
  response: Response,
): Promise<void> {
  const start = performance.now();
  const refused = checkBodyHeaders(request, limits.bodyBytes);
  if (refused) return refuse(response, metrics, refused);
  const ticket = inFlight.enter();
  if (!ticket) return refuse(response, metrics, 'overload');
  metrics.setInFlight(inFlight.requests());
  response.once('close', () => {
    ticket.leave();
    metrics.setInFlight(inFlight.requests());
  });

  const body = await readBody(request, ticket, limits.bodyBytes);
  if (!body.ok) return body.cause === 'aborted' ? metrics.rejected('aborted') : refuse(response, metrics, body.cause);
  const json = parseBody(body.bytes);
  if (!json.ok) return refuse(response, metrics, json.cause);
  const outcome = review(json.value, path, settings);
  if (!outcome.ok) return refuse(response, metrics, 'review', outcome.problem);
  // Every refusal closes its connection anyway.
  sendJson(response, 200, outcome.answer, isDraining() ? { Connection: 'close' } : {});
  const { decision, request: reviewed } = outcome;
  metrics.reviewed({ path, decision, dryRun: reviewed.dryRun, seconds: (performance.now() - start) / 1000 });
  logReview(log, path, outcome);
}
