import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { readCertificate } from '../../../src/server/tls.ts';
import { makeCertificate, replaceCertificate, temporaryDirectory } from '../../support/certificates.ts';
import { sample, startTestServer, type TestServer, until } from '../../support/server.ts';

const DAY = 24 * 60 * 60 * 1000;
const directory = temporaryDirectory();
afterAll(directory.remove);
const second = await makeCertificate(directory.path, 'second');
const third = await makeCertificate(directory.path, 'third');
const garbage = join(directory.path, 'garbage');
writeFileSync(garbage, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
const empty = join(directory.path, 'empty');
writeFileSync(empty, '');
const missing = join(directory.path, 'missing');

describe('files that cannot be used are named', () => {
  test.each([
    [{ certFile: missing }, `${missing}: there is no such file or directory`],
    [{ keyFile: missing }, `${missing}: there is no such file or directory`],
    [{ certFile: directory.path }, `${directory.path}: is a directory`],
    [{ certFile: empty }, `${empty}: is not a PEM certificate`],
    [{ certFile: garbage }, `${garbage}: is not a PEM certificate`],
    [{ keyFile: empty }, `${empty}: is not an unencrypted PEM private key`],
    [{ keyFile: second.certFile }, `${second.certFile}: is not an unencrypted PEM private key`],
    [{ keyFile: third.keyFile }, `${third.keyFile}: does not belong to the certificate in ${second.certFile}`],
  ])('%j', async (files, problem) => {
    const result = await readCertificate({ ...second, ...files });
    expect(result).toEqual({ ok: false, problem: expect.stringContaining(problem) });
    await expect(startTestServer({ config: { tls: { ...second, ...files } } })).rejects.toThrow(problem);
  });
});

function servedBy(server: TestServer): Promise<string | string[] | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('while the server runs', () => {
  let server: TestServer;
  let clock = Date.now();
  // A minute ahead: the certificate is made while the server starts, on a busy machine in a later second.
  const start = async (at = Date.now() + 60_000) => {
    clock = at;
    server = await startTestServer({ pollCertificate: 20, now: () => new Date(clock) });
  };
  const failures = () => sample(server.metrics, 'certificate_reload_failures_total');
  const messages = (level: string) => server.lines.filter((line) => line.level === level).map(({ msg }) => msg);
  afterEach(() => server.stop());

  test('a new pair is put to use', async () => {
    await start();
    expect(await servedBy(server)).toBe('first server');
    replaceCertificate(server.config.tls, second);
    await until(async () => (await servedBy(server)) === 'second server');
    replaceCertificate(server.config.tls, third);
    await until(async () => (await servedBy(server)) === 'third server');
    expect(messages('info')).toEqual(['certificate replaced', 'certificate replaced']);
    const result = await readCertificate(third);
    const expiry = result.ok ? result.certificate.notAfter.getTime() / 1000 : undefined;
    expect(await sample(server.metrics, 'certificate_expiry_timestamp_seconds')).toBe(expiry);
  });

  test.each([
    ['a certificate without its key', { certFile: second.certFile }],
    ['a key without its certificate', { keyFile: second.keyFile }],
    ['garbage', { certFile: garbage }],
    ['an empty file', { keyFile: empty }],
  ])('%s keeps the old pair, with one warning', async (_name, source) => {
    await start();
    replaceCertificate(server.config.tls, source);
    await until(async () => (await failures()) === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await failures()).toBe(1);
    expect(messages('warn')).toEqual(['the changed certificate cannot be used; the one in use stays']);
    expect(await servedBy(server)).toBe('first server');
    replaceCertificate(server.config.tls, second);
    await until(async () => (await servedBy(server)) === 'second server');
  });

  test('files that vanish keep the old pair', async () => {
    await start();
    rmSync(server.config.tls.certFile);
    await until(async () => (await failures()) === 1);
    expect(await servedBy(server)).toBe('first server');
  });

  test.each([
    ['not valid yet', -2 * DAY, /is not valid before/],
    ['expired', 31 * DAY, /expired at/],
  ])('a new pair that is %s keeps the old one until its time has come', async (_name, offset, problem) => {
    await start();
    clock = Date.now() + offset;
    replaceCertificate(server.config.tls, second);
    await until(async () => (await failures()) === 1);
    expect(server.lines.find(({ problem }) => problem)?.problem).toMatch(problem);
    expect(await servedBy(server)).toBe('first server');
    clock = Date.now();
    await until(async () => (await servedBy(server)) === 'second server');
  });

  test('an expired certificate makes the server not ready, until a new one is there', async () => {
    await start(Date.now() + 31 * DAY);
    const ready = async () => (await fetch(`http://127.0.0.1:${server.adminPort}/readyz`)).status;
    expect(messages('warn')).toEqual(['the certificate has expired: the API server refuses it, so no pod is patched']);
    expect(await ready()).toBe(503);
    clock = Date.now();
    expect(await ready()).toBe(200);
  });

  test.each([
    ['half way', 15, []],
    ['in the last fifth', 25, ['the certificate expires soon and was not renewed']],
    ['before its time', -2, ['the certificate is not valid yet: the API server will refuse it']],
  ])('%s through its lifetime: %j days, %j', async (_name, days, expected) => {
    await start(Date.now() + days * DAY);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(messages('warn')).toEqual(expected);
  });
});
