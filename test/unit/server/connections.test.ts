// What is not one request and one answer: TLS itself, crowds, clients that leave, and the end of the server.
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/server/limits.ts';
import { DEFAULT_TIMEOUTS } from '../../../src/server/listen.ts';
import { exchange } from '../../support/raw-http.ts';
import { nginxPod, podReview } from '../../support/reviews.ts';
import { sample, startTestServer, type TestServer, until } from '../../support/server.ts';

function post(body: string): string {
  return `POST /mutate/none HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

const REVIEW = post(JSON.stringify(podReview(nginxPod)));

async function statusOf(port: number): Promise<number | undefined> {
  return (await exchange(port, [REVIEW], 1))[0]?.status;
}

function handshake(port: number, options: ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
    socket.once('secureConnect', () => resolve(socket.getProtocol() ?? ''));
    socket.once('error', () => resolve('refused'));
    socket.once('close', () => socket.destroy());
    socket.once('secureConnect', () => socket.destroy());
  });
}

describe('a server that stays up', () => {
  let server: TestServer;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  });

  test.each<[string, ConnectionOptions, string]>([
    ['TLS 1.3', { minVersion: 'TLSv1.3' }, 'TLSv1.3'],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }, 'TLSv1.2'],
    ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, 'refused'],
    ['TLS 1.0', { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }, 'refused'],
    ['a wrong server name', { servername: 'somewhere.else' }, 'TLSv1.3'],
  ])('%s', async (_name, options, expected) => {
    expect(await handshake(server.port, options)).toBe(expected);
  });

  test('plain HTTP on the TLS port is closed, counted and quiet', async () => {
    const before = await sample(server.metrics, 'rejected_total{cause="tls"}');
    const socket = connectTcp(server.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\n\r\n');
    socket.on('error', () => socket.destroy());
    await new Promise((resolve) => socket.once('close', resolve));
    await until(async () => (await sample(server.metrics, 'rejected_total{cause="tls"}')) > before);
    expect(server.lines.every(({ level }) => level === 'debug')).toBe(true);
  });

  test('300 connections that say nothing, half of them in the handshake, keep nobody out', async () => {
    for (let count = 0; count < 150; count += 1) {
      sockets.push(connectTcp(server.port, '127.0.0.1'));
      sockets.push(connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false }));
    }
    for (const socket of sockets) socket.on('error', () => undefined);
    expect(await statusOf(server.port)).toBe(200);
  });

  test('a client that leaves in the middle of its body is counted and gives its place back', async () => {
    const socket = connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false });
    socket.on('error', () => undefined);
    socket.write(REVIEW.slice(0, -10));
    await until(async () => (await sample(server.metrics, 'in_flight_requests')) === 1);
    socket.destroy();
    await until(async () => (await sample(server.metrics, 'rejected_total{cause="aborted"}')) > 0);
    await until(async () => (await sample(server.metrics, 'in_flight_requests')) === 0);
  });
});

describe('a crowd', () => {
  const manyValues = post(JSON.stringify(podReview({ ...nginxPod, list: Array(150_000).fill({ a: 'bcdef' }) })));
  let server: TestServer;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    const limits = {
      ...DEFAULT_LIMITS,
      waitingBodies: 1,
      turnMilliseconds: 60_000,
      connections: 100,
      adminConnections: 10,
    };
    server = await startTestServer({ limits });
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  });

  test('of large bodies: each is answered or told to come again, and one at least is answered', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => exchange(server.port, [manyValues], 1)));
    const statuses = answers.map(([answer]) => answer?.status);
    expect(statuses).toContain(200);
    expect(statuses.every((status) => status === 200 || status === 503)).toBe(true);
    expect(await statusOf(server.port)).toBe(200);
    await until(async () => (await sample(server.metrics, 'in_flight_requests')) === 0);
  });

  test('of large bodies that do not come to their end: the next is told to come again, until they are gone', async () => {
    const slow = [1, 2].map(() => connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false }));
    sockets.push(...slow);
    const part = manyValues.slice(0, 150_000);
    await Promise.all(slow.map((socket) => new Promise((resolve) => socket.write(part, resolve))));
    // Sent is not yet read: whatever arrived before is read before these are answered.
    for (const _ of slow) expect(await statusOf(server.port)).toBe(200);
    const next = async () => (await exchange(server.port, [manyValues], 1))[0];
    const refused = await next();
    expect([refused?.status, refused?.headers.get('retry-after')]).toEqual([503, '1']);
    for (const socket of slow) socket.destroy();
    await until(async () => (await next())?.status === 200);
  });

  test('of connections: the oldest that say nothing make room, those that were answered stay', async () => {
    const steady = connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false });
    sockets.push(steady);
    const answered = () => new Promise<string>((resolve) => steady.once('data', (data) => resolve(data.toString())));
    steady.write(REVIEW);
    expect(await answered()).toMatch(/^HTTP\/1.1 200 /);
    let closed = 0;
    for (let count = 0; count < 150; count += 1) {
      const socket = count % 2 === 0 ? connectTcp(server.port, '127.0.0.1') : connectHeadersOnly(server.port);
      socket.on('error', () => undefined).once('close', () => (closed += 1));
      sockets.push(socket);
    }
    await until(() => closed >= 51);
    steady.write(REVIEW);
    expect(await answered()).toMatch(/^HTTP\/1.1 200 /);
    expect(await statusOf(server.port)).toBe(200);
    expect(await sample(server.metrics, 'rejected_total{cause="connections"}')).toBeGreaterThanOrEqual(51);
    expect(await sample(server.metrics, 'rejected_total{cause="overload"}')).toBeLessThanOrEqual(12);
  });

  test('on the admin port keeps no probe out', async () => {
    for (let count = 0; count < 40; count += 1) sockets.push(connectTcp(server.adminPort, '127.0.0.1'));
    for (const socket of sockets) socket.on('error', () => undefined);
    expect((await fetch(`http://127.0.0.1:${server.adminPort}/healthz`)).status).toBe(200);
  });
});

function connectHeadersOnly(port: number): Socket {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  socket.write(
    'POST /mutate/none HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n',
  );
  return socket;
}

describe('the end', () => {
  test('answers with Connection: close while draining, finishes what began, then closes both ports', async () => {
    const server = await startTestServer({ config: { listen: { port: 0, adminPort: 0, drainSeconds: 0.4 } } });
    const slow = exchange(server.port, [REVIEW.slice(0, -10), 700, REVIEW.slice(-10)], 1);
    await until(async () => (await sample(server.metrics, 'in_flight_requests')) === 1);
    const stopped = server.stop();
    const [answer] = await exchange(server.port, [REVIEW], 1);
    expect([answer?.status, answer?.headers.get('connection')]).toEqual([200, 'close']);
    const ready = await fetch(`http://127.0.0.1:${server.adminPort}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { error: 'draining' }]);
    const [late] = await slow;
    expect([late?.status, late?.headers.get('connection')]).toEqual([200, 'close']);
    await stopped;
    expect(await exchange(server.port, [REVIEW], 1)).toEqual([]);
    await expect(fetch(`http://127.0.0.1:${server.adminPort}/healthz`)).rejects.toThrow();
  });

  test('does not wait for ever for a request that never ends', async () => {
    const server = await startTestServer({ timeouts: { ...DEFAULT_TIMEOUTS, headers: 200, request: 200 } });
    const endless = exchange(server.port, [REVIEW.slice(0, -10)]);
    await until(async () => (await sample(server.metrics, 'in_flight_requests')) === 1);
    await server.stop();
    expect(await endless).toEqual([]);
  });

  test('does not wait for connections without a request', async () => {
    const server = await startTestServer();
    const inHandshake = connectTcp(server.port, '127.0.0.1');
    const closed = new Promise((resolve) => inHandshake.once('close', resolve));
    await new Promise<void>((resolve) => inHandshake.once('connect', resolve));
    const idle = exchange(server.port, []);
    await server.stop();
    expect(await idle).toEqual([]);
    await closed;
  });
});

test('a port that is in use is named', async () => {
  const server = await startTestServer();
  const listen = { port: server.port, adminPort: 0, drainSeconds: 0 };
  await expect(startTestServer({ config: { ...server.config, listen } })).rejects.toThrow(
    `cannot listen on port ${server.port}: it is already in use`,
  );
  await server.stop();
});
