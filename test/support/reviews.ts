import type { Operation } from '../../src/core/operation.ts';
import type { AdmissionReviewAnswer } from '../../src/core/review.ts';

/** The uid of every review that {@link podReview} makes. */
export const UID = '705ab4f5-6393-11e8-b7cc-42010a800002';

/** The article's pod, as small as it can be: one container of a workload of the catalogue. */
export const elasticsearchPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'elasticsearch-0', namespace: 'search' },
  spec: { containers: [{ name: 'elasticsearch', image: 'docker.elastic.co/elasticsearch/elasticsearch:8.15.0' }] },
};

/** A pod that has nothing to do with the catalogue. */
export const nginxPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'nginx', namespace: 'web' },
  spec: { containers: [{ name: 'nginx', image: 'nginx:1.29' }] },
};

/** An AdmissionReview for the creation of a pod; `request` and `review` replace fields. */
export function podReview(pod: unknown = elasticsearchPod, request: object = {}, review: object = {}): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: UID,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      name: 'elasticsearch-0',
      namespace: 'search',
      operation: 'CREATE',
      userInfo: { username: 'system:serviceaccount:kube-system:statefulset-controller' },
      object: pod,
      oldObject: null,
      dryRun: false,
      options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions' },
      ...request,
    },
    ...review,
  };
}

/** The operations in an answer, as the API server reads them; none when it holds no patch. */
export function patchIn({ response: { patch } }: Pick<AdmissionReviewAnswer, 'response'>): Operation[] {
  return patch === undefined ? [] : JSON.parse(Buffer.from(patch, 'base64').toString('utf8'));
}

/** What an answer does with its pod, or why it is no answer: the one word that the tables of bad input expect. */
export function effectOf(answer: AdmissionReviewAnswer): 'patch' | 'allow' | 'broken' {
  const { response } = answer;
  const isAnswer =
    answer.apiVersion === 'admission.k8s.io/v1' && answer.kind === 'AdmissionReview' && response.allowed === true;
  if (!isAnswer || (response.patch === undefined) !== (response.patchType === undefined)) return 'broken';
  return response.patch === undefined ? 'allow' : 'patch';
}
