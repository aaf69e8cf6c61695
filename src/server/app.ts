import express, { type ErrorRequestHandler, type Express } from 'express';
import { refuse } from './answer.ts';
import { checkRequest } from './headers.ts';
import { answerFault, PATHS, type Reviews, type ReviewsOptions } from './reviews.ts';

/** The webhook port's surface around the reviews: short JSON refusals for every other path and method. */
export function createApp({ log, metrics, limits }: ReviewsOptions, reviews: Reviews): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.enable('case sensitive routing').enable('strict routing');

  app.use((request, response, next) => {
    const cause = checkRequest(request, limits);
    if (cause) refuse(response, metrics, cause);
    else next();
  });
  for (const [path, reviewPath] of PATHS) {
    app
      .route(path)
      // Comes here with a target in absolute form only.
      .post((request, response) => reviews.answer(reviewPath, request, response))
      .all((_request, response) => refuse(response, metrics, 'method'));
  }
  app.use((_request, response) => refuse(response, metrics, 'not-found'));
  const onError: ErrorRequestHandler = (error, _request, response, _next) => answerFault(error, response, log);
  return app.use(onError);
}
