import { describe, expect, it } from 'vitest';
import { type ReviewPath, review } from '../../../src/core/review.ts';
import type { Settings } from '../../../src/core/settings.ts';
import { settingsOf } from '../../support/cases.ts';
import { patchIn } from '../../support/reviews.ts';

const settings = settingsOf('');
const POD = { group: '', version: 'v1', kind: 'Pod' };
const elasticsearch = {
  metadata: { generateName: 'es-' },
  spec: { containers: [{ name: 'es', image: 'elasticsearch:8.15.0' }] },
};

function answered(request: Record<string, unknown>, path: ReviewPath = 'init-container', using: Settings = settings) {
  const body = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'a1', kind: POD, operation: 'CREATE', namespace: 'shop', object: elasticsearch, ...request },
  };
  const outcome = review(body, path, using);
  if (!outcome.ok) throw new Error(outcome.problem);
  return outcome;
}

describe('a review', () => {
  it('answers a matching pod with a patch, a warning and audit annotations', () => {
    const { answer, request } = answered({ dryRun: true });
    expect(answer).toMatchObject({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' });
    const { patch: _, warnings, ...rest } = answer.response;
    expect(rest).toEqual({
      uid: 'a1',
      allowed: true,
      patchType: 'JSONPatch',
      auditAnnotations: {
        decision: 'patch',
        reason: 'injected',
        workload: 'elasticsearch',
        value: '262144',
        strategy: 'init-container',
      },
    });
    expect(patchIn(answer).map(({ path }) => path)).toEqual(['/spec/initContainers', '/metadata/annotations']);
    expect(warnings).toEqual([expect.stringContaining('added the privileged init container max-map-count')]);
    expect(request).toEqual({ uid: 'a1', dryRun: true, namespace: 'shop', name: 'es-' });
  });

  it('says nothing at all to a pod that has nothing to do with us', () => {
    const object = { metadata: {}, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
    expect(answered({ object }).answer.response).toEqual({ uid: 'a1', allowed: true });
  });

  it.each([
    ['a Deployment', { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } }, 'not-a-pod'],
    ['a pod of another group', { kind: { group: 'example.com', version: 'v1', kind: 'Pod' } }, 'not-a-pod'],
    ['a pod of another version', { kind: { group: '', version: 'v2', kind: 'Pod' } }, 'not-a-pod'],
    ['no kind', { kind: null }, 'not-a-pod'],
    ['a binding', { subResource: 'binding' }, 'not-a-pod'],
    ['no object', { object: null }, 'not-a-pod'],
    ['an update', { operation: 'UPDATE' }, 'not-create'],
    ['lower case', { operation: 'create' }, 'not-create'],
    ['no operation', { operation: null }, 'not-create'],
  ])('lets %s through', (_, request, reason) => {
    const { answer, decision } = answered(request);
    expect(decision.reason).toBe(reason);
    expect(answer.response).toEqual({ uid: 'a1', allowed: true });
  });

  it('reads a kind without a group as one of the core group', () => {
    expect(answered({ kind: { version: 'v1', kind: 'Pod' } }).decision.decision).toBe('patch');
  });

  it('takes a request without a namespace', () => {
    expect(answered({ namespace: null }).request).toMatchObject({ namespace: '' });
  });

  it('says none in the audit log of what a pod left alone has not got', () => {
    const object = { spec: { containers: [{ name: 'es', image: 'elasticsearch:1.7' }] } };
    expect(answered({ object }).answer.response.auditAnnotations).toEqual({
      decision: 'skip',
      reason: 'not-required',
      workload: 'elasticsearch',
      value: 'none',
      strategy: 'none',
    });
  });

  it('is silent when the API server asks again about a pod that it has just patched', () => {
    const [add] = patchIn(answered({}).answer);
    const object = { ...elasticsearch, spec: { ...elasticsearch.spec, initContainers: add?.value } };
    const { answer, decision } = answered({ object, uid: 'a2' });
    expect(decision).toMatchObject({ reason: 'already-handled', ours: true });
    expect(answer.response).toEqual({ uid: 'a2', allowed: true });
  });

  it('carries text that is not ASCII through base64', () => {
    const resources = { limits: { memory: '1Gi' }, requests: { memory: '１Gi 😀' } };
    const object = { spec: { containers: [{ name: 'es', image: 'elasticsearch', resources }] } };
    expect(patchIn(answered({ object }).answer)[0]).toMatchObject({ value: [{ resources }] });
  });

  it('lets the pod through and tells when it meets a fault of its own', () => {
    const broken = new Proxy(settings, {
      get: () => {
        throw new Error('boom');
      },
    });
    const { answer, decision, fault } = answered({}, 'init-container', broken);
    expect(decision.reason).toBe('internal-error');
    expect(fault).toBeInstanceOf(Error);
    expect(answer.response).toEqual({
      uid: 'a1',
      allowed: true,
      warnings: [expect.stringMatching(/^max-map-count: .*fault/)],
    });
  });
});

describe('the path for workload objects', () => {
  const kind = { group: 'apps', version: 'v1', kind: 'Deployment' };
  const object = { kind: 'Deployment', spec: { template: elasticsearch } };

  it.each(['CREATE', 'UPDATE'])('tells the author on %s what the pods will get, and patches nothing', (operation) => {
    const { answer } = answered({ kind, object, operation }, 'warn');
    expect(answer.response.patch).toBeUndefined();
    expect(answer.response.warnings).toEqual([expect.stringContaining('elasticsearch:8.15.0')]);
  });

  it.each([
    [{ kind, object, operation: 'DELETE' }, 'not-create'],
    [{ kind, object, operation: null }, 'not-create'],
    [{ kind, object, subResource: 'scale' }, 'not-a-pod'],
    [{ kind: null, object: elasticsearch }, 'not-a-pod'],
    [{ object: elasticsearch }, 'not-a-pod'],
    [{ kind, object: { kind: 'Deployment' } }, 'not-a-pod'],
  ])('has nothing to say otherwise: %j', (request, reason) => {
    const { answer, decision } = answered(request, 'warn');
    expect(decision.reason).toBe(reason);
    expect(answer.response).toEqual({ uid: 'a1', allowed: true });
  });
});

it.each([
  [null, /not an AdmissionReview/],
  [[], /not an AdmissionReview/],
  [{ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1beta1', request: { uid: 'a' } }, /v1 is supported/],
  [{ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' }, /no request/],
  [{ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: {} }, /uid/],
  [{ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: { uid: 'a"b' } }, /uid/],
  [{ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: { uid: 'a'.repeat(1e6) } }, /uid/],
])('refuses what is no usable review: %.60j', (body, problem) => {
  expect(review(body, 'init-container', settings)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
});
