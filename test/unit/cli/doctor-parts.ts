// What the clusters of the tests of doctor are made of: entries, pods and answers of an API server, and what doctor makes of them.
import type { CheckResult } from '../../../src/cli/doctor/check-result.ts';
import { diagnose } from '../../../src/cli/doctor/diagnosis.ts';
import { survey, surveyWebhook } from '../../../src/cli/doctor/survey.ts';
import { matchConditionsFor } from '../../../src/core/match-conditions.ts';
import { createAuthority } from '../../../tools/control-plane/certificate.ts';
import { settingsOf } from '../../support/cases.ts';
import { type World, worldKube } from './doctor-world.ts';

export const NOW = new Date();
export const settings = settingsOf('');
const authority = await createAuthority('doctor findings');
export const caBundle = Buffer.from(authority.certificate).toString('base64');

export const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }];
export const service = (name: string, path?: string) => ({ namespace: 'max-map-count', name, ...(path && { path }) });
export const entry = (more: object = {}, strategy = 'init-container') => ({
  name: 'privileged.max-map-count.io',
  clientConfig: { service: service('webhook', `/mutate/${strategy}`), caBundle },
  failurePolicy: 'Ignore',
  timeoutSeconds: 3,
  rules,
  ...more,
});
export const conditionsFor = (config: string) => matchConditionsFor(settingsOf(config).catalogue.rows).conditions;
export const configuration = (webhooks: readonly object[], name = 'zz-max-map-count-webhook') => ({
  metadata: { name, labels: { 'app.kubernetes.io/name': 'max-map-count-webhook' } },
  webhooks,
});
export const foreign = (name: string, more: object = {}) => ({
  metadata: { name },
  webhooks: [
    {
      name: `${name}.example.com`,
      clientConfig: { service: { namespace: 'others', name } },
      failurePolicy: 'Fail',
      rules,
      ...more,
    },
  ],
});

export const patched = { body: { spec: { initContainers: [{ name: 'max-map-count' }] } } };
export const refused = (message: string, status = 403) => ({ status, body: { message } });
export const PSA = (level: string) =>
  refused(
    `pods "max-map-count-doctor-x" is forbidden: violates PodSecurity "${level}:latest": privileged (container "max-map-count" must not set securityContext.privileged=true)`,
  );

export const ownPod = (more: { spec?: object; status?: object } = {}) => ({
  metadata: {
    name: 'max-map-count-webhook-7d9f-abcde',
    namespace: 'max-map-count',
    labels: { 'app.kubernetes.io/name': 'max-map-count-webhook' },
  },
  spec: { containers: [{ name: 'webhook', image: 'webhook:1' }], ...more.spec },
  status: { containerStatuses: [{ name: 'webhook', ready: true, state: { running: {} } }], ...more.status },
});

export const rendered = (config: string) => ({
  metadata: {
    name: 'max-map-count-webhook',
    namespace: 'max-map-count',
    labels: { 'app.kubernetes.io/name': 'max-map-count-webhook' },
  },
  data: { 'config.yaml': config },
});

export const HEALTHY: World = {
  configurations: [configuration([entry()])],
  endpoints: { 'max-map-count/webhook': 2 },
  nodes: [{ metadata: { name: 'worker-1', labels: { 'max-map-count.io/value': '262144' } } }],
  pods: [ownPod()],
  configmaps: [rendered('level: required\n')],
  probe: patched,
};

export const pod = (name: string, spec: object, status: object = {}, metadata: object = {}) => ({
  metadata: { name, namespace: 'search', ...metadata },
  spec: { nodeName: 'worker-1', ...spec },
  status: { phase: 'Running', ...status },
});
export const owned = (kind: string, name: string) => ({ ownerReferences: [{ kind, name, controller: true }] });
export const elasticsearch = (more: object = {}) => ({
  containers: [{ name: 'es', image: 'elasticsearch:8.15.0' }],
  ...more,
});
export const crashed = (name: string, message: string, exitCode = 78) => ({
  containerStatuses: [
    {
      name,
      ready: false,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode, message } },
    },
  ],
});
export const initStatus = (name: string, image: string, state: object) => ({
  phase: 'Pending',
  initContainerStatuses: [{ name, image, ready: false, state }],
});
export const noImage = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } };
export const LINE = 'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]';
export const prepared = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'max-map-count.io/value', operator: 'Gt', values: ['1999999'] }] },
        ],
      },
    },
  },
};
export const stuck = {
  phase: 'Pending',
  conditions: [
    {
      ...{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
      message: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    },
  ],
};

export async function resultsIn(world: World, limit = 5000): Promise<CheckResult[]> {
  const kube = worldKube(world);
  const options = { only: undefined, limit, settings, isGiven: false, progress: () => {} };
  return diagnose(await survey(kube, options, await surveyWebhook(kube, options)), NOW);
}
