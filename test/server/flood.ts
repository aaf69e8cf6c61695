// A crowd, in a process of its own: node flood.ts KIND PORT. Prints what became of it as one line of JSON and ends.
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { exchange } from '../support/raw-http.ts';
import { nginxPod, podReview } from '../support/reviews.ts';
import { HOSTILE_BODIES, manyObjects } from './hostile.ts';

const [kind = '', portText = ''] = process.argv.slice(2);
const port = Number(portText);
const HOLD_MILLISECONDS = 4_000;

function post(body: string, type = 'application/json', length = Buffer.byteLength(body)): Buffer {
  const head = `POST /mutate/init-container HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

/** Sends the same bytes on many connections at once; counts the statuses, and the connections that ended without one. */
async function send(bytes: Buffer, times: number): Promise<Record<string, number>> {
  const answers = await Promise.all(Array.from({ length: times }, () => exchange(port, [bytes], 1)));
  const counts: Record<string, number> = {};
  for (const [answer] of answers) {
    const status = String(answer?.status ?? 'none');
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

/** Opens connections, says the same on each and keeps them; counts how many the server closed. */
async function hold(
  count: number,
  say: Buffer | undefined,
  open: () => Socket = openTls,
): Promise<Record<string, number>> {
  const sockets: Socket[] = [];
  let closed = 0;
  for (let index = 0; index < count; index += 1) {
    const socket = open();
    socket.on('error', () => undefined).on('close', () => (closed += 1));
    socket.resume();
    if (say) socket.write(say);
    sockets.push(socket);
    // Fifty handshakes at a time, so that it is the server that is slow, not this process.
    if (index % 50 === 49)
      await Promise.race([
        once(socket, open === openTls ? 'secureConnect' : 'connect'),
        once(socket, 'close'),
        sleep(5_000),
      ]);
  }
  await sleep(HOLD_MILLISECONDS);
  for (const socket of sockets) socket.destroy();
  return { opened: count, closed };
}

/** Pods in threes that have one template, so that the server remembers as many as it can. */
async function templates(count: number, bytes: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let index = 0; index < count; index += 1) {
    const image = `nginx:${index}`;
    const env = [{ name: 'FILLER', value: 'x'.repeat(bytes) }];
    const pod = { ...nginxPod, spec: { containers: [{ ...nginxPod.spec.containers[0], image, env }] }, status: {} };
    const answers = await exchange(port, Array(3).fill(post(JSON.stringify(podReview(pod)))), 3);
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

const openTls = () => connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
const openTcp = () => connectTcp(port, '127.0.0.1');
const part = 'x'.repeat(60_000);

const FLOODS: Readonly<Record<string, () => Promise<Record<string, number>>>> = {
  'forty bodies of 2.4 MB': () => send(post(manyObjects()), 40),
  '500 templates of 100 KB': () => templates(500, 100_000),
  '1,000 templates of 1 KB': () => templates(1_000, 1_000),
  'a content type full of blanks': () => send(post('{}', `application/json${' '.repeat(15_000)}x`), 50),
  '1,010 requests of headers only': () => hold(1_010, post('', 'application/json', 100)),
  '1,010 halves of a body of 120 KB': () => hold(1_010, post(part, 'application/json', 120_000)),
  '100 large bodies that stop in the middle': () => hold(100, post(part.repeat(3), 'application/json', 1_000_000)),
  '2,500 idle connections': () => hold(2_500, undefined),
  '2,500 connections idle after a review': () => hold(2_500, post(JSON.stringify(podReview(nginxPod)))),
  '2,500 connections without a handshake': () => hold(2_500, undefined, openTcp),
};

const body = HOSTILE_BODIES[kind];
const flood = body ? () => send(post(body()), 3) : FLOODS[kind];
console.log(
  JSON.stringify(flood ? await flood() : { kinds: [...Object.keys(HOSTILE_BODIES), ...Object.keys(FLOODS)] }),
);
process.exit();
