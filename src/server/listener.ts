import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answerFault, createReviews, PATHS, type Reviews, type ReviewsOptions } from './reviews.ts';

/** What answers the requests of the webhook port. */
export interface Listener extends Pick<Reviews, 'inProgress'> {
  readonly onRequest: RequestListener;
}

/** Answers reviews at once and hands everything else to the express app, which is loaded when first needed: an API server never does. */
export function createListener(options: ReviewsOptions): Listener {
  const reviews = createReviews(options);
  let app: Promise<RequestListener> | undefined;
  const loadApp = async () => (await import('./app.ts')).createApp(options, reviews);
  const askApp = async (request: IncomingMessage, response: ServerResponse) => {
    app ??= loadApp();
    (await app)(request, response);
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const path = request.method === 'POST' ? PATHS.get(pathOf(request)) : undefined;
    if (path) reviews.answer(path, request, response);
    else askApp(request, response).catch((error: unknown) => answerFault(error, response, options.log));
  };
  return { onRequest, inProgress: reviews.inProgress };
}

function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
