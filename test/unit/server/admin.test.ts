import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { createAdminServer } from '../../../src/server/admin.ts';
import { DEFAULT_LIMITS } from '../../../src/server/limits.ts';
import { createMetrics } from '../../../src/server/metrics.ts';

function admin(notReady?: string) {
  return request(
    createAdminServer({
      limits: DEFAULT_LIMITS,
      metrics: createMetrics('1.2.3'),
      version: '1.2.3',
      notReady: () => notReady,
    }),
  );
}

describe('the admin port', () => {
  test.each([
    ['/healthz', 200, { status: 'ok' }],
    ['/readyz', 200, { status: 'ok' }],
    ['/readyz?verbose', 200, { status: 'ok' }],
    ['/version', 200, { version: '1.2.3', node: process.version }],
    ['/', 404, { error: 'no such path' }],
    ['/mutate/init-container', 404, { error: 'no such path' }],
    ['/metrics/', 404, { error: 'no such path' }],
    ['/__proto__', 404, { error: 'no such path' }],
  ])('GET %s: %i', async (path, status, body) => {
    const answer = await admin().get(path);
    expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([status, body, 'application/json']);
  });

  test('is not ready for a reason', async () => {
    const answer = await admin('draining').get('/readyz');
    expect([answer.status, answer.body]).toEqual([503, { error: 'draining' }]);
  });

  test('lives while it is not ready', async () => {
    expect((await admin('draining').get('/healthz')).status).toBe(200);
  });

  test('answers HEAD', async () => {
    expect((await admin().head('/healthz')).status).toBe(200);
  });

  test('refuses other methods', async () => {
    const answer = await admin().post('/healthz');
    expect([answer.status, answer.headers.allow, answer.body]).toEqual([
      405,
      'GET, HEAD',
      { error: 'only GET is allowed' },
    ]);
  });

  test('shows every metric that docs and dashboards name', async () => {
    const { text, headers } = await admin().get('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    const names = [...text.matchAll(/^# TYPE max_map_count_webhook_(\w+) (\w+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(names.sort()).toEqual([
      'build_info gauge',
      'catalogue_info gauge',
      'certificate_expiry_timestamp_seconds gauge',
      'certificate_reload_failures_total counter',
      'in_flight_requests gauge',
      'recalled_reviews_total counter',
      'rejected_total counter',
      'review_duration_seconds histogram',
      'reviews_total counter',
    ]);
    expect(text).toContain('max_map_count_webhook_build_info{version="1.2.3"} 1');
    expect(text).toContain('process_resident_memory_bytes');
  });
});
