// Bad and unusual HTTP on a real TLS port, as data: what is sent, and the statuses that come back.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchange, type RawAnswer, type Step } from '../../support/raw-http.ts';
import { nginxPod, podReview, UID } from '../../support/reviews.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

const LIMIT = 4 * 1024 * 1024;
// Sent in every place that an answer could be tempted to repeat.
const CANARY = 'canary-1f6b';
const BODY = JSON.stringify(podReview());
const HOST = 'Host: localhost';
const JSON_TYPE = 'Content-Type: application/json';

let server: TestServer;
beforeAll(async () => {
  const timeouts = { handshake: 500, headers: 300, request: 500, keepAlive: 120_000, check: 50 };
  server = await startTestServer({ timeouts });
});
afterAll(() => server.stop());

function request(line: string, headers: readonly string[], body: string | Buffer = ''): Buffer {
  return Buffer.concat([Buffer.from(`${[line, ...headers].join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
}

function post(body: string | Buffer = BODY, ...headers: string[]): Buffer {
  return request(
    'POST /mutate/init-container HTTP/1.1',
    [HOST, JSON_TYPE, `Content-Length: ${Buffer.byteLength(body)}`, ...headers],
    body,
  );
}

function postTo(path: string): Buffer {
  return request(`POST ${path} HTTP/1.1`, [HOST, JSON_TYPE, `Content-Length: ${BODY.length}`], BODY);
}

function typed(type: string): Buffer {
  return request(
    'POST /mutate/init-container HTTP/1.1',
    [HOST, `Content-Type: ${type}`, `Content-Length: ${BODY.length}`],
    BODY,
  );
}

function ofSize(bytes: number): string {
  const review = JSON.stringify(podReview({ ...nginxPod, padding: '' }));
  return review.replace('"padding":""', `"padding":"${'x'.repeat(bytes - review.length)}"`);
}

function chunked(chunks: string, ...headers: string[]): Buffer {
  return request(
    'POST /mutate/init-container HTTP/1.1',
    [HOST, JSON_TYPE, 'Transfer-Encoding: chunked', ...headers],
    chunks,
  );
}

const chunk = `${BODY.length.toString(16)}\r\n${BODY}\r\n`;
const manyHeaders = Array.from({ length: 2_000 }, (_, index) => `a${index}: b`);

function expectWellFormed({ status, headers, body }: RawAnswer): void {
  expect(headers.get('content-type')).toBe('application/json');
  expect(body).not.toContain(CANARY);
  expect(headers.has('x-powered-by') || headers.has('etag')).toBe(false);
  const parsed = JSON.parse(body);
  if (status === 200) {
    expect(parsed.response).toMatchObject({ uid: UID, allowed: true });
  } else {
    expect(parsed).toEqual({ error: expect.stringMatching(/^[\w .,:/-]{1,80}$/) });
    expect(headers.get('connection')).toBe('close');
  }
}

interface Row {
  readonly name: string;
  readonly send: readonly Step[];
  readonly statuses: readonly number[];
  readonly headers?: Record<string, string>;
}

const one = (name: string, status: number, ...send: Step[]): Row => ({ name, send, statuses: [status] });

const rows: readonly Row[] = [
  ...['GET', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'].map((method) => ({
    ...one(`${method} on a path of ours`, 405, request(`${method} /mutate/none HTTP/1.1`, [HOST])),
    headers: { allow: 'POST' },
  })),
  ...[
    '/',
    `/${CANARY}`,
    '//mutate/init-container',
    '/mutate',
    '/mutate/',
    '/mutate/init-container/',
    '/mutate/Init-Container',
    '/mutate/../mutate/none',
    '/mutate/x/../none',
    '/mutate%2finit-container',
    '/mutate/init%2dcontainer',
    '/mutate/%ff',
    '/mutate/none;x=1',
    '/metrics',
    '/healthz',
  ].map((path) => one(`POST ${path}`, 404, postTo(path))),
  ...['?timeout=3s', '?timeout=', '?', '?a[b]=c&a[b]=d&%', '??', `?${'q'.repeat(8_000)}`].map((query) =>
    one(`the query ${query.slice(0, 20)}`, 200, postTo(`/mutate/init-container${query}`)),
  ),
  one('an absolute-form target', 200, postTo('https://webhook.example/mutate/none')),
  one(
    'a wrong Host',
    200,
    request('POST /warn HTTP/1.1', [`Host: ${CANARY}`, JSON_TYPE, `Content-Length: ${BODY.length}`], BODY),
  ),
  one('no Host', 400, request('POST /warn HTTP/1.1', [JSON_TYPE, `Content-Length: ${BODY.length}`], BODY)),
  one(
    'HTTP/1.0 without Host',
    200,
    request('POST /warn HTTP/1.0', [JSON_TYPE, `Content-Length: ${BODY.length}`], BODY),
  ),
  one('no Content-Type', 415, request('POST /warn HTTP/1.1', [HOST, `Content-Length: ${BODY.length}`], BODY)),
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/json-patch+json',
    'application/json; charset=utf-16le',
    `application/json; charset=${CANARY}`,
    'application/json, text/plain',
  ].map((type) => one(`Content-Type ${type}`, 415, typed(type))),
  ...[
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON',
    'application/json ;',
  ].map((type) => one(`Content-Type ${type}`, 200, typed(type))),
  ...['gzip', 'br', 'deflate', 'gzip, identity', CANARY].map((encoding) =>
    one(`Content-Encoding ${encoding}`, 415, post(gzipSync(BODY), `Content-Encoding: ${encoding}`)),
  ),
  one('Content-Encoding Identity', 200, post(BODY, 'Content-Encoding: Identity')),
  one('a gzip bomb', 415, post(gzipSync(Buffer.alloc(50 * 1024 * 1024)), 'Content-Encoding: gzip')),
  one('an empty body', 400, post('')),
  one('no body and no length', 400, request('POST /warn HTTP/1.1', [HOST, JSON_TYPE])),
  ...[' \n', 'null', 'true', '1', `"${CANARY}"`, '[]', '{}'].map((body) =>
    one(`the body ${JSON.stringify(body)}`, 400, post(body)),
  ),
  one('truncated JSON', 400, post(BODY.slice(0, -1))),
  one('garbage behind the JSON', 400, post(`${BODY}${CANARY}`)),
  one('two documents', 400, post(`${BODY}\n${BODY}`)),
  one('JSON5', 400, post(`{a: '${CANARY}'}`)),
  one('a byte order mark', 400, post(`\uFEFF${BODY}`)),
  one('invalid UTF-8', 400, post(Buffer.concat([Buffer.from(BODY), Buffer.from([0xff])]))),
  one('random bytes', 400, post(randomBytes(2_000))),
  one('a raw NUL in a string', 400, post(BODY.replace('search', 'sea\u0000rch'))),
  one('an escaped NUL in a string', 200, post(BODY.replace('search', 'sea\\u0000rch'))),
  one('an escaped lone surrogate', 200, post(BODY.replace('search', 'sea\\ud800rch'))),
  one('200,000 levels of nesting', 400, post('['.repeat(200_000) + ']'.repeat(200_000))),
  one('a body just under the cap', 200, post(ofSize(LIMIT - 1))),
  one('a body at the cap', 200, post(ofSize(LIMIT))),
  one('a length over the cap', 413, request('POST /warn HTTP/1.1', [HOST, JSON_TYPE, `Content-Length: ${LIMIT + 1}`])),
  one('a length of 10 GB', 413, request('POST /warn HTTP/1.1', [HOST, JSON_TYPE, 'Content-Length: 10000000000'])),
  one('chunks over the cap', 413, chunked(`${(LIMIT + 1).toString(16)}\r\n${'x'.repeat(LIMIT + 1)}`)),
  one('a good chunked body', 200, chunked(`${chunk}0\r\n\r\n`)),
  one(
    'a length smaller than the body',
    400,
    request('POST /warn HTTP/1.1', [HOST, JSON_TYPE, 'Content-Length: 10'], BODY),
  ),
  one(
    'a length larger than the body',
    408,
    request('POST /warn HTTP/1.1', [HOST, JSON_TYPE, `Content-Length: ${BODY.length + 1}`], BODY),
  ),
  one('a length and chunks', 400, chunked(`${chunk}0\r\n\r\n`, `Content-Length: ${BODY.length}`)),
  one('two lengths', 400, post(BODY, 'Content-Length: 5')),
  one('a negative length', 400, request('POST /warn HTTP/1.1', [HOST, JSON_TYPE, 'Content-Length: -5'], BODY)),
  one(
    'chunked, identity',
    400,
    request('POST /warn HTTP/1.1', [HOST, JSON_TYPE, 'Transfer-Encoding: chunked, identity'], BODY),
  ),
  one('a malformed chunk', 400, chunked(`zz\r\n${CANARY}`)),
  one('chunks without an end', 408, chunked(chunk)),
  one('endless chunk extensions', 413, chunked(`1;${'a'.repeat(17 * 1024)}`)),
  one('slow headers', 408, 'POST /warn HTTP/1.1\r\n', 100, `${HOST}\r\n`, 100, 'a: b\r\n', 100, 'c: d\r\n'),
  one('a slow body', 408, request('POST /warn HTTP/1.1', [HOST, JSON_TYPE, 'Content-Length: 100']), 200, '{', 200, '"'),
  one('headers over 16 KiB', 431, post(BODY, `X-Large: ${CANARY.repeat(1_600)}`)),
  one('2,000 headers', 431, post(BODY, ...manyHeaders.slice(0, 1_200))),
  one('101 headers', 431, post(BODY, ...manyHeaders.slice(0, 98))),
  one('100 headers', 200, post(BODY, ...manyHeaders.slice(0, 97))),
  one('a NUL in a header', 400, post(BODY, `X-Nul: ${CANARY}\0`)),
  one('a bare CR in a header', 400, post(BODY, `X-Cr: ${CANARY}\rX: y`)),
  one('a folded header', 400, post(BODY, `X-Fold: a\r\n ${CANARY}`)),
  one('a space in the path', 400, postTo(`/mutate/ ${CANARY}`)),
  one('no HTTP at all', 400, `${CANARY}\r\n\r\n`),
  one('HTTP/2 with prior knowledge', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  one('HTTP/3.0', 400, request('POST /warn HTTP/3.0', [HOST])),
  one('Expect: 100-continue', 200, post(BODY, 'Expect: 100-continue')),
  one('another Expect', 200, post(BODY, `Expect: ${CANARY}`)),
  one('Upgrade: h2c', 200, post(BODY, 'Connection: Upgrade', 'Upgrade: h2c')),
  {
    name: 'ten requests in one packet',
    send: [Buffer.concat(Array.from({ length: 10 }, () => post()))],
    statuses: Array(10).fill(200),
  },
  {
    name: 'Connection: close',
    send: [post(BODY, 'Connection: close')],
    statuses: [200],
    headers: { connection: 'close' },
  },
];

describe('one connection', () => {
  test.each(rows)('$name: $statuses', async ({ send, statuses, headers = {} }) => {
    const answers = await exchange(server.port, send, statuses.length);
    expect(answers.map(({ status }) => status)).toEqual(statuses);
    for (const answer of answers) {
      expectWellFormed(answer);
      expect(Object.fromEntries(answer.headers)).toMatchObject(headers);
    }
  });

  test('a client that closes its side after the request still gets its answer', async () => {
    const answers = await exchange(server.port, [post()], 1, true);
    expect(answers.map(({ status }) => status)).toEqual([200]);
  });

  test('a connection is good for more after a long idle time', async () => {
    const answers = await exchange(server.port, [post(), 900, post()], 2);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('answers of the review itself keep the connection', async () => {
    const [answer] = await exchange(server.port, [post()], 1);
    expect(answer?.headers.get('connection')).toBe('keep-alive');
    expect(answer?.headers.get('content-length')).toBe(String(answer?.body.length));
  });
});

test('the process has met no fault', () => {
  expect(server.lines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
});
