// auth.mode clientCertificate: who has a certificate of the authority and name is answered, and nobody else.
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import { readCertificate } from '../../../src/server/tls.ts';
import { createAuthority, type KeyPair } from '../../../tools/control-plane/certificate.ts';
import { makeCertificate, temporaryDirectory } from '../../support/certificates.ts';
import { nginxPod, podReview } from '../../support/reviews.ts';
import { sample, startTestServer, type TestServer, until } from '../../support/server.ts';

const NAME = 'kube-apiserver-admission';
const directory = temporaryDirectory();
afterAll(directory.remove);
const authority = await createAuthority('clients');
const next = await createAuthority('clients');
const client = (commonName: string, more = {}) => authority.issue({ usage: 'clientAuth', commonName, ...more });
const good = await client(NAME);
const nextGood = await next.issue({ usage: 'clientAuth', commonName: NAME });
const past = { notBefore: new Date(Date.now() - 2_000), notAfter: new Date(Date.now() - 1_000) };
/** Callers that are refused: what they see, and the reason in the log. */
const REFUSED: readonly [string, Partial<KeyPair>, RegExp, RegExp][] = [
  ['no certificate', {}, /^error: .*alert/, /^it has no client certificate$/],
  ["another authority's", await next.issue({ usage: 'clientAuth', commonName: NAME }), /^error: /, /SIGNATURE/],
  ['one for a server', await authority.issue({ commonName: NAME }), /^error: /, /INVALID_PURPOSE/],
  ['an expired one', await client(NAME, past), /^error: /, /CERT_HAS_EXPIRED/],
  ['another name', await client('someone'), /^403 {"error":"the name of the client certi/, /common name "someone"/],
  ['a longer name', await client(`${NAME}x`), /^403 /, /common name "kube-apiserver-admissionx"/],
  ['another case', await client(NAME.toUpperCase()), /^403 /, /common name "KUBE-APISERVER-ADMISSION"/],
];
const REVIEW = JSON.stringify(podReview(nginxPod));

describe('a server that wants client certificates', () => {
  let server: TestServer;
  const caFile = join(directory.path, 'clients.crt');
  let clock = Date.now();
  beforeEach(async () => {
    writeFileSync(caFile, authority.certificate);
    clock = Date.now();
    const auth = { mode: 'clientCertificate', caFile, names: [NAME, 'other'] } as const;
    server = await startTestServer({ config: { auth }, pollCertificate: 20, now: () => new Date(clock) });
  });
  afterEach(() => server.stop());

  const call = (pair: Partial<KeyPair>, agent?: Agent, path = '/mutate/none') =>
    new Promise<string>((resolve) => {
      const { certificate: cert, key } = pair;
      const connection = agent ? { agent } : { agent: false, ...(cert && { cert, key }), rejectUnauthorized: false };
      const headers = { 'content-type': 'application/json' };
      const sent = request({ port: server.port, method: 'POST', path, headers, ...connection }, async (answer) => {
        resolve(`${answer.statusCode} ${await text(answer)}`);
      });
      sent.on('error', ({ message }) => resolve(`error: ${message}`)).end(REVIEW);
    });
  const rejected = (cause: string) => sample(server.metrics, `rejected_total{cause="${cause}"}`);
  const warnings = () => server.lines.filter(({ level }) => level === 'warn');
  const isServed = async (pair: KeyPair) => (await call(pair)).startsWith('200 ');

  test.each([NAME, 'other'])('answers %s', async (name) => {
    expect(await call(await client(name))).toMatch(/^200 .*"allowed":true/);
    expect(await rejected('client-certificate')).toBe(0);
    expect(warnings()).toEqual([]);
  });

  test.each(REFUSED)('refuses %s, counts it, and says why', async (_what, pair, answer, reason) => {
    expect(await call(pair)).toMatch(answer);
    await until(async () => (await rejected('client-certificate')) === 1);
    expect(warnings()).toEqual([expect.objectContaining({ reason: expect.stringMatching(reason), refused: 1 })]);
    expect(await rejected('tls')).toBe(0);
    expect(await isServed(good)).toBe(true);
  });

  test('refuses a stranger on any path, and every request of the connection', async () => {
    const { certificate: cert, key } = await client('someone');
    const agent = new Agent({ cert, key, rejectUnauthorized: false, keepAlive: true, maxSockets: 1 });
    expect(await call({}, agent, '/nowhere')).toMatch(/^403 /);
    expect(await call({}, agent)).toMatch(/^403 /);
    expect(await rejected('client-certificate')).toBe(2);
    agent.destroy();
  });

  test('still reports other failures of the handshake as such', async () => {
    await fetch(`http://127.0.0.1:${server.port}/`).catch(() => {});
    await until(async () => (await rejected('tls')) === 1);
    expect(await rejected('client-certificate')).toBe(0);
  });

  test('fills no log: one line, then one in a minute with their number', async () => {
    for (let count = 0; count < 5; count += 1) await call({});
    await until(async () => (await rejected('client-certificate')) === 5);
    clock += 61_000;
    await call({});
    await until(() => warnings().length === 2);
    expect(warnings().map(({ refused }) => refused)).toEqual([1, 5]);
  });

  test('asks nobody on the admin port', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      expect((await fetch(`http://127.0.0.1:${server.adminPort}${path}`)).status).toBe(200);
    }
  });

  test('takes over changed authorities without a restart: both, then the new one alone', async () => {
    expect(await isServed(nextGood)).toBe(false);
    writeFileSync(caFile, authority.certificate + next.certificate);
    await until(() => isServed(nextGood));
    expect(await isServed(good)).toBe(true);
    writeFileSync(caFile, next.certificate);
    await until(async () => !(await isServed(good)));
    expect(await isServed(nextGood)).toBe(true);
  });

  test('cuts off whom the changed authorities do not vouch for, with an open connection or a session of before', async () => {
    const { certificate: cert, key } = good;
    const agentOf = (options: object) =>
      new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, ...options });
    const agent = agentOf({ cert, key });
    const other = agentOf({ cert: nextGood.certificate, key: nextGood.key });
    expect(await call({}, agent)).toMatch(/^200 /);
    writeFileSync(caFile, authority.certificate + next.certificate);
    await until(async () => (await call({}, other)).startsWith('200 '));
    // Still the connection of the beginning, and the sessions that the agents keep.
    expect(await call({}, agent)).toMatch(/^200 /);
    const [kept] = Object.values(other.freeSockets).flatMap((sockets) => sockets ?? []);
    writeFileSync(caFile, next.certificate);
    await until(async () => !(await call({}, agent)).startsWith('200 '));
    expect(await call({}, agent)).toMatch(/^error: /);
    expect(kept?.destroyed).toBe(false);
    expect(await call({}, other)).toMatch(/^200 /);
    agent.destroy();
    other.destroy();
  });

  test.each(['', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', good.certificate])(
    'keeps the authorities in use when the file becomes %j',
    async (content) => {
      writeFileSync(caFile, content);
      await until(async () => (await sample(server.metrics, 'certificate_reload_failures_total')) === 1);
      expect(await isServed(good)).toBe(true);
      expect(await isServed(nextGood)).toBe(false);
    },
  );
});

describe('authorities that cannot be used stop the start, and the file is named', async () => {
  const tls = await makeCertificate(directory.path, 'server');
  test.each([
    ['nothing', '', 'holds no PEM certificate'],
    [
      'garbage',
      `${authority.certificate}-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n`,
      'its certificate 2 cannot be read',
    ],
    ['a leaf', good.certificate, "its certificate 1 is not an authority's"],
  ])('%s', async (name, content, problem) => {
    const clientCaFile = join(directory.path, `${name}.ca`);
    writeFileSync(clientCaFile, content);
    expect(await readCertificate({ ...tls, clientCaFile })).toEqual({
      ok: false,
      problem: `${clientCaFile}: ${problem}`,
    });
    const auth = { mode: 'clientCertificate', caFile: clientCaFile, names: [NAME] } as const;
    await expect(startTestServer({ config: { tls, auth } })).rejects.toThrow(`${clientCaFile}: ${problem}`);
  });
});

describe('the configuration', () => {
  test.each([
    ['auth: {mode: clientCertificate, names: [a]}', 'auth.caFile: must name a file (auth.mode is clientCertificate)'],
    [
      'auth: {mode: clientCertificate, caFile: a}',
      'auth.names: must list a common name (auth.mode is clientCertificate)',
    ],
    ['auth: {mode: clientCertificate, caFile: a, names: [""]}', 'auth.names[0]: must be a common name'],
    ['auth: {mode: token}', 'auth.mode: expected one of "none"|"clientCertificate"'],
  ])('%s', (yaml, problem) => {
    expect(parseConfig(yaml, 'config.yaml')).toEqual({ ok: false, problems: [problem] });
  });
});
