import type { IncomingMessage } from 'node:http';
import type { Intake } from './intake.ts';
import type { Limits } from './limits.ts';
import type { Refusal } from './refusals.ts';

/** Why a body did not come to its end: it is refused, or the client left in the middle. */
export type BodyProblem = Refusal | 'aborted';

/** Reads a whole body; calls exactly one of `done` and `fail`, once. Never throws. */
export function readBody(
  request: IncomingMessage,
  intake: Intake,
  { bodyBytes, smallBodyBytes }: Limits,
  done: (bytes: Buffer) => void,
  fail: (problem: BodyProblem) => void,
): void {
  let chunks: Buffer[] = [];
  let length = 0;
  let isLarge = false;
  let isRefused = false;
  let isOver = false;
  const stop = (problem: BodyProblem) => {
    if (isOver) return;
    isOver = true;
    chunks = [];
    arrival.leave();
    fail(problem);
  };
  // What is still on its way is read into the void first: closing under a client that writes is a reset, and no client
  // tries again after that, while the API server does after a 503.
  const giveWay = () => {
    isRefused = true;
    chunks = [];
    request.resume();
  };
  const arrival = intake.enter(giveWay);
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > bodyBytes) stop('too-large');
    if (isOver || isRefused) return;
    chunks.push(chunk);
    arrival.take(chunk.length);
    if (isRefused || isLarge || length <= smallBodyBytes) return;
    isLarge = true;
    request.pause();
    arrival.queue(() => request.resume());
  });
  request.once('end', () => {
    if (isRefused) stop('overload');
    if (isOver) return;
    isOver = true;
    // Its turn ends before the body is decoded; nothing else runs in between.
    arrival.leave();
    const [only] = chunks;
    done(chunks.length === 1 && only ? only : Buffer.concat(chunks, length));
  });
  request.once('error', () => stop('aborted'));
  request.once('close', () => stop('aborted'));
}
