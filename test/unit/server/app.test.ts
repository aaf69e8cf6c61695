import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { createListener } from '../../../src/server/listener.ts';
import { PATHS } from '../../../src/server/reviews.ts';
import { effectOf, elasticsearchPod, nginxPod, podReview, UID } from '../../support/reviews.ts';
import { sample, testApp, testConfig } from '../../support/server.ts';

function post({ app }: Pick<ReturnType<typeof testApp>, 'app'>, path: string, body: object | string = podReview()) {
  return request(app).post(path).set('Content-Type', 'application/json').send(body);
}

const deployment = podReview(
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'search' },
    spec: { template: { spec: elasticsearchPod.spec } },
  },
  { kind: { group: 'apps', version: 'v1', kind: 'Deployment' }, name: 'search' },
);

describe('the four paths', () => {
  test.each([
    ['/mutate/init-container', podReview(), 'patch'],
    ['/mutate/node-affinity', podReview(), 'patch'],
    ['/mutate/none', podReview(), 'allow'],
    ['/warn', podReview(), 'allow'],
    ['/warn', deployment, 'allow'],
    ['/mutate/init-container', deployment, 'allow'],
  ])('%s', async (path, body, effect) => {
    const answer = await post(testApp(), path, body);
    expect([answer.status, effectOf(answer.body)]).toEqual([200, effect]);
  });

  test('answer with the content type and length of plain JSON', async () => {
    const { headers, text } = await post(testApp(), '/mutate/none');
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'content-length': String(text.length) });
    expect(Object.keys(headers).sort()).toEqual(['connection', 'content-length', 'content-type', 'date']);
  });
});

describe('metrics', () => {
  test('count a review by path and decision', async () => {
    const server = testApp();
    await post(server, '/mutate/init-container', podReview(elasticsearchPod, { dryRun: true }));
    await post(server, '/mutate/none', podReview(nginxPod));
    const labels = (path: string, rest: string) => `reviews_total{path="${path}",${rest}}`;
    const patched =
      'decision="patch",reason="injected",dry_run="true",workload="elasticsearch",strategy="init-container"';
    const skipped = 'decision="skip",reason="not-matched",dry_run="false",workload="none",strategy="none"';
    expect(await sample(server.metrics, labels('init-container', patched))).toBe(1);
    expect(await sample(server.metrics, labels('none', skipped))).toBe(1);
    expect(await sample(server.metrics, 'review_duration_seconds_count{path="none"}')).toBe(1);
    expect(await sample(server.metrics, 'in_flight_requests')).toBe(0);
  });

  test.each([
    ['not-found', '/elsewhere', podReview()],
    ['json', '/warn', '{'],
    ['review', '/warn', {}],
  ])('count a refusal: %s', async (cause, path, body) => {
    const server = testApp();
    await post(server, path, body);
    expect(await sample(server.metrics, `rejected_total{cause="${cause}"}`)).toBe(1);
  });
});

describe('log', () => {
  test('one line for a patched pod, without its content', async () => {
    const server = testApp();
    await post(server, '/mutate/init-container');
    expect(server.lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        msg: 'patched pod',
        namespace: 'search',
        name: 'elasticsearch-0',
        uid: UID,
        dryRun: false,
        workload: 'elasticsearch',
        value: 262144,
        strategy: 'init-container',
        reason: 'injected',
        container: 'elasticsearch',
      },
    ]);
  });

  test('nothing for a pod that does not match', async () => {
    const server = testApp();
    await post(server, '/mutate/init-container', podReview(nginxPod));
    expect(server.lines).toEqual([]);
  });

  test.each([
    ['a matched pod that is left alone', '/mutate/none', podReview()],
    ['a workload object, which is never patched', '/warn', deployment],
  ])('only at debug for %s', async (_name, path, body) => {
    const server = testApp();
    await post(server, path, body);
    expect(server.lines).toEqual([
      expect.objectContaining({ level: 'debug', msg: 'left unchanged', workload: 'elasticsearch' }),
    ]);
  });

  test('cuts names that no API server sends', async () => {
    const server = testApp();
    await post(server, '/mutate/init-container', podReview(elasticsearchPod, { name: 'x'.repeat(100_000) }));
    expect(server.lines).toMatchObject([{ name: 'x'.repeat(253) }]);
  });
});

describe('a fault of our own', () => {
  const fault = new Error('the fault');
  const faulty = {
    ...testConfig().settings,
    get catalogue(): never {
      throw fault;
    },
  };

  test('inside the review lets the pod through, with a warning, and is logged', async () => {
    const { lines, app: _app, ...options } = testApp();
    const { onRequest } = createListener({ ...options, settings: faulty });
    const answer = await post({ app: onRequest }, '/mutate/init-container');
    expect([answer.status, effectOf(answer.body)]).toEqual([200, 'allow']);
    expect(answer.body.response.warnings).toHaveLength(1);
    expect(lines).toMatchObject([{ level: 'error', reason: 'internal-error', err: { message: 'the fault' } }]);
  });

  test('around it gives a short 500 and a log line', async () => {
    const { lines, app: _app, ...options } = testApp();
    const isDraining = () => {
      throw fault;
    };
    const { onRequest } = createListener({ ...options, isDraining });
    const answer = await post({ app: onRequest }, '/mutate/init-container');
    expect([answer.status, answer.body]).toEqual([500, { error: 'internal error' }]);
    expect(lines).toMatchObject([{ level: 'error', err: { message: 'the fault' } }]);
  });
});

test('a body that has to give way is told to come again on another connection', async () => {
  const server = testApp({ limits: { partialBytes: 2_000 } });
  const answer = await post(server, '/mutate/init-container', 'x'.repeat(2_001));
  expect([answer.status, answer.body]).toEqual([503, { error: 'too many reviews at once: try again' }]);
  expect(answer.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
  expect(await sample(server.metrics, 'rejected_total{cause="overload"}')).toBe(1);
  expect((await post(server, '/mutate/none', podReview(nginxPod))).status).toBe(200);
});

test('an object of too many values is let through with a warning', async () => {
  const server = testApp({ limits: { bodyValues: 2_000 } });
  const answer = await post(
    server,
    '/mutate/init-container',
    podReview({ ...elasticsearchPod, list: Array(2_000).fill({}) }),
  );
  expect([answer.status, effectOf(answer.body)]).toEqual([200, 'allow']);
  expect(answer.body.response.warnings).toEqual([expect.stringContaining('more than 2000 values')]);
});

test.each([...PATHS.keys()])('while draining %s answers as ever and asks the client to leave', async (path) => {
  const answer = await post(testApp({ isDraining: () => true }), path);
  expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
});
