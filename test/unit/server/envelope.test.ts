// Bad and unusual AdmissionReviews, as data: what is posted, and what becomes of the pod.
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { effectOf, elasticsearchPod, podReview, UID } from '../../support/reviews.ts';
import { testApp } from '../../support/server.ts';

const { app } = testApp();
const hostile = '</script>"\\\n\u202e\ud83d\ude00';

function reviewed(fields: object): string {
  return JSON.stringify(podReview(elasticsearchPod, fields));
}

function enveloped(fields: object): string {
  return JSON.stringify(podReview(elasticsearchPod, {}, fields));
}

function duplicated(first: string, key: string): string {
  return reviewed({}).replace(`"${key}":`, `"${key}":${first},"${key}":`);
}

const kindOf = (kind: string, group = 'apps', version = 'v1') => ({ kind: { group, version, kind } });

type Expected =
  | 'patch'
  | 'allow'
  | 'not an AdmissionReview'
  | 'only admission.k8s.io/v1 is supported'
  | 'the AdmissionReview has no request'
  | 'request.uid is missing or not a uid';

const rows: readonly [name: string, body: string, expected: Expected][] = [
  ['an ordinary review', reviewed({}), 'patch'],
  ['v1beta1', enveloped({ apiVersion: 'admission.k8s.io/v1beta1' }), 'only admission.k8s.io/v1 is supported'],
  ['another group', enveloped({ apiVersion: 'v1' }), 'only admission.k8s.io/v1 is supported'],
  ['no apiVersion', enveloped({ apiVersion: undefined }), 'only admission.k8s.io/v1 is supported'],
  ['another kind', enveloped({ kind: 'Pod' }), 'not an AdmissionReview'],
  ['no kind', enveloped({ kind: undefined }), 'not an AdmissionReview'],
  ...[undefined, null, [], 'x', 1].map((request): [string, string, Expected] => [
    `request ${JSON.stringify(request)}`,
    enveloped({ request }),
    'the AdmissionReview has no request',
  ]),
  ...[undefined, '', 1, {}, ['a'], 'x'.repeat(1_000_000), hostile, `${UID}\n`].map(
    (uid): [string, string, Expected] => [
      `uid ${JSON.stringify(uid)?.slice(0, 40)}`,
      reviewed({ uid }),
      'request.uid is missing or not a uid',
    ],
  ),
  ['two uids: the last one counts', duplicated('"first"', 'uid'), 'patch'],
  ['two objects: the last one counts', duplicated('{"spec":{}}', 'object'), 'patch'],
  ['two requests: the last one counts', duplicated('null', 'request'), 'patch'],
  ['a response that is already there', enveloped({ response: { uid: 'x', allowed: false } }), 'patch'],
  ...[
    kindOf('Deployment'),
    kindOf('ConfigMap', ''),
    kindOf('Pod', 'example.org'),
    kindOf('Pod', '', 'v2'),
    { kind: null },
  ].map((kind): [string, string, Expected] => [`kind ${JSON.stringify(kind)}`, reviewed(kind), 'allow']),
  [
    'a resource that disagrees with the kind',
    reviewed({ resource: { group: 'apps', version: 'v1', resource: 'deployments' } }),
    'patch',
  ],
  ['a requestKind that disagrees', reviewed({ requestKind: { group: 'x', version: 'v9', kind: 'Y' } }), 'patch'],
  ...['UPDATE', 'DELETE', 'CONNECT', 'create', 'EXPLODE', null].map((operation): [string, string, Expected] => [
    `operation ${operation}`,
    reviewed({ operation, ...(operation === 'DELETE' && { object: null }) }),
    'allow',
  ]),
  ...['ephemeralcontainers', 'resize', 'status', 'binding', 'exec'].map((subResource): [string, string, Expected] => [
    `subresource ${subResource}`,
    reviewed({ subResource }),
    'allow',
  ]),
  ['a dry run', reviewed({ dryRun: true }), 'patch'],
  ['no namespace', reviewed({ namespace: undefined }), 'patch'],
  [
    'no name, as controllers send it',
    reviewed({ name: '', object: { ...elasticsearchPod, metadata: { generateName: 'es-' } } }),
    'patch',
  ],
  ['no userInfo', reviewed({ userInfo: undefined }), 'patch'],
  ['a hostile userInfo', reviewed({ userInfo: { username: hostile, extra: { __proto__: [hostile] } } }), 'patch'],
  ['fields of a later version', enveloped({ later: { than: 'this' } }), 'patch'],
  ['an object that is no pod', reviewed({ object: [null] }), 'allow'],
];

describe('a review is answered', () => {
  test.each(rows)('%s: %3$s', async (_name, body, expected) => {
    const answer = await request(app).post('/mutate/init-container').set('Content-Type', 'application/json').send(body);
    if (expected !== 'patch' && expected !== 'allow') {
      expect([answer.status, answer.body]).toEqual([400, { error: expected }]);
      return;
    }
    expect(answer.status).toBe(200);
    expect(answer.body.response.uid).toBe(UID);
    expect(effectOf(answer.body)).toBe(expected);
  });
});
