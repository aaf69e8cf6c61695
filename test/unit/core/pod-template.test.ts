import { describe, expect, it } from 'vitest';
import { podAt } from '../../../src/core/pod-template.ts';

const pod = { metadata: {}, spec: { containers: [] } };

describe('the pod in an object', () => {
  it.each([
    ['Pod', pod, ''],
    ['PodTemplate', { template: pod }, '/template'],
    ['CronJob', { spec: { jobTemplate: { spec: { template: pod } } } }, '/spec/jobTemplate/spec/template'],
    ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'DeploymentConfig', 'Job'].map(
      (kind) => [kind, { spec: { template: pod } }, '/spec/template'] as const,
    ),
  ] as const)('%s', (kind, object, path) => {
    expect(podAt({ kind, ...object })).toMatchObject({ path, pod });
  });

  it.each<[string, unknown]>([
    ['a kind that makes no pods', { kind: 'Service', spec: { template: pod } }],
    ['a kind that is named like a property of every object', { kind: 'constructor', spec: { template: pod } }],
    ['no kind', { spec: { template: pod } }],
    ['a kind that is no text', { kind: 1, spec: { template: pod } }],
    ['a template that is a list', { kind: 'Job', spec: { template: [pod] } }],
    ['no object', 'Pod'],
  ])('is absent: %s', (_, object) => {
    expect(podAt(object)).toBeUndefined();
  });
});
