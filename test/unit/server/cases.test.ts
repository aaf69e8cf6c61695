// The corpus through the HTTP app: what the API server would read must be what the golden files say.
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { caseNames, readCase } from '../../support/cases.ts';
import { createdPod } from '../../support/created-pod.ts';
import { readGolden } from '../../support/goldens.ts';
import { patchIn, podReview, UID } from '../../support/reviews.ts';
import { testApp } from '../../support/server.ts';

const apps = new Map<string, ReturnType<typeof testApp>['app']>();
function appFor(config: string) {
  const app = apps.get(config) ?? testApp({ yaml: config }).app;
  apps.set(config, app);
  return app;
}

describe('the corpus over HTTP', () => {
  it.each(caseNames)('%s', async (name) => {
    const known = readCase(name);
    const { decision, reason, workload, value, strategy, ours, warnings, patch } = readGolden(known);
    const answer = await request(appFor(known.config))
      .post(`/mutate/${known.strategy}`)
      .send(podReview(createdPod(known)));
    const { response } = answer.body;
    expect(answer.status).toBe(200);
    expect(patchIn(answer.body)).toEqual(patch);
    expect(response).toEqual({
      uid: UID,
      allowed: true,
      ...(decision === 'patch' && { patchType: 'JSONPatch', patch: response.patch }),
      ...(warnings.length > 0 && { warnings }),
      // A repeated call is answered in silence.
      ...(workload !== null &&
        !ours && {
          auditAnnotations: {
            decision,
            reason,
            workload,
            value: String(value ?? 'none'),
            strategy: strategy ?? 'none',
          },
        }),
    });
  });
});
