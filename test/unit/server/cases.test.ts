// The corpus through the HTTP app: what the API server would read must be what the golden files say.
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { type Case, caseNames, decideCase, readCase, readGolden } from '../../support/cases.ts';
import { podReview, UID } from '../../support/reviews.ts';
import { testApp } from '../../support/server.ts';

/** The pod as the controller of its template creates it. */
function createdPod({ pod, ownerKind }: Case): JsonObject {
  if (ownerKind === '') return pod;
  const kind = ownerKind === 'CronJob' ? 'Job' : ownerKind;
  const metadata = typeof pod.metadata === 'object' ? pod.metadata : {};
  return { ...pod, metadata: { ...metadata, ownerReferences: [{ kind, name: 'owner', controller: true }] } };
}

function decoded(patch: string | undefined): unknown {
  return patch === undefined ? [] : JSON.parse(Buffer.from(patch, 'base64').toString('utf8'));
}

const apps = new Map<string, ReturnType<typeof testApp>['app']>();
function appFor(config: string) {
  const app = apps.get(config) ?? testApp({ yaml: config }).app;
  apps.set(config, app);
  return app;
}

describe('the corpus over HTTP', () => {
  it.each(caseNames)('%s', async (name) => {
    const known = readCase(name);
    const golden = JSON.parse(readGolden(name) ?? '{}');
    const path = `/mutate/${known.strategy}`;
    const answer = await request(appFor(known.config))
      .post(path)
      .send(podReview(createdPod(known)));
    const { uid, allowed, patch, patchType, warnings = [], auditAnnotations } = answer.body.response;
    expect({ status: answer.status, uid, allowed }).toEqual({ status: 200, uid: UID, allowed: true });
    expect(decoded(patch)).toEqual(golden.patch);
    expect(patchType).toBe(golden.decision === 'patch' ? 'JSONPatch' : undefined);
    expect(warnings).toEqual(golden.warnings);
    const repeated = decideCase(known).decision;
    // A pod that carries our patch is a repeated call, answered in silence.
    const isSilent = repeated.decision === 'skip' && repeated.ours;
    if (isSilent || golden.workload === null) expect(auditAnnotations).toBeUndefined();
    else {
      const { decision, reason, workload, value, strategy } = golden;
      const texts = { decision, reason, workload, value: String(value ?? 'none'), strategy: strategy ?? 'none' };
      expect(auditAnnotations).toEqual(texts);
    }
  });
});
