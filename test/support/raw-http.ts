import { connect } from 'node:tls';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What to send: text or bytes at once, or a number of milliseconds to wait. */
export type Step = string | Buffer | number;

/** Sends bytes over TLS as they are and reads until the server closes, or until `answers` answers are there. */
export async function exchange(
  port: number,
  steps: readonly Step[],
  answers = Infinity,
  halfClose = false,
): Promise<RawAnswer[]> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  // A refusal closes the connection while the rest of the request is still being written.
  socket.on('error', () => socket.destroy());
  let received = '';
  const done = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (parseAnswers(received).length >= answers) resolve();
    });
    socket.once('end', resolve).once('close', resolve);
  });
  for (const step of steps) {
    if (typeof step === 'number') await new Promise((resolve) => setTimeout(resolve, step));
    else if (!socket.destroyed) socket.write(step);
  }
  if (halfClose) socket.end();
  await done;
  socket.destroy();
  return parseAnswers(received);
}

/** The complete answers in a text. */
export function parseAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) break;
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
    );
    const status = Number(statusLine.split(' ')[1]);
    const length = status === 100 ? 0 : Number(headers.get('content-length'));
    if (rest.length < end + 4 + length) break;
    if (status !== 100) answers.push({ status, headers, body: rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}
