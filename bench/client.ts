import { connect, type TLSSocket } from 'node:tls';
import type { Review } from './reviews.ts';

/** One keep-alive connection, as an API server has it: one request at a time. */
export interface Client {
  /** Sends a review; fails unless the answer is right: allowed, with a patch exactly for those that need one. */
  readonly send: (review: Review) => Promise<void>;
  readonly close: () => void;
}

/** Connects over TLS; the certificate was made a moment ago by the one who asks. */
export async function openClient(port: number): Promise<Client> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  let settle: ((answer: string | Error) => void) | undefined;
  let received = '';
  const end = (answer: string | Error) => {
    received = '';
    settle?.(answer);
    settle = undefined;
  };
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk;
    if (isComplete(received)) end(received);
  });
  socket.on('error', end).on('close', () => end(new Error('the connection was closed')));
  return { send: (review) => exchange(socket, review, (next) => (settle = next)), close: () => socket.destroy() };
}

function exchange(
  socket: TLSSocket,
  review: Review,
  whenAnswered: (settle: (answer: string | Error) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    whenAnswered((answer) => {
      if (answer instanceof Error) reject(answer);
      else if (isRight(answer, review)) resolve();
      else reject(new Error(`a wrong answer: ${answer.slice(0, 300)}`));
    });
    socket.write(review.request());
  });
}

function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /^content-length: (\d+)/im.exec(text.slice(0, end))?.[1];
  return text.length >= end + 4 + Number(length ?? Number.POSITIVE_INFINITY);
}

function isRight(answer: string, { isHit }: Review): boolean {
  return (
    answer.startsWith('HTTP/1.1 200 ') && answer.includes('"allowed":true') && answer.includes('"patch":"') === isHit
  );
}
