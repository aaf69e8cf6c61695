import {
  conditionsFor,
  configuration,
  crashed,
  elasticsearch,
  entry,
  foreign,
  HEALTHY,
  initStatus,
  LINE,
  noImage,
  owned,
  ownPod,
  PSA,
  patched,
  pod,
  prepared,
  refused,
  rendered,
  stuck,
} from './doctor-parts.ts';
import type { World } from './doctor-world.ts';

/** A cluster each, by what is wrong with it. */
export const WORLDS: Readonly<Record<string, World>> = {
  'all is well': HEALTHY,
  'not installed': {
    probe: { body: {} },
    pods: [pod('es-0', elasticsearch(), crashed('es', LINE), owned('StatefulSet', 'es'))],
  },
  'a policy in the place of the webhook': {
    policies: [
      { metadata: { name: 'max-map-count-webhook', labels: { 'app.kubernetes.io/name': 'max-map-count-webhook' } } },
    ],
    probe: patched,
  },
  'a configuration that leaves a product out': {
    ...HEALTHY,
    pods: [ownPod(), pod('es-0', elasticsearch())],
    configmaps: [rendered('disabledWorkloads: [elasticsearch]\n')],
  },
  'a configuration of another version': { ...HEALTHY, configmaps: [rendered('tomorrow: true\n')] },
  'a prefilter for fewer rows': {
    ...HEALTHY,
    configurations: [configuration([entry({ matchConditions: conditionsFor('disabledWorkloads: [sonarqube]') })])],
  },
  'a prefilter of another version, and a condition of the administrator’s': {
    ...HEALTHY,
    configurations: [
      configuration([
        entry({
          matchConditions: [
            ...conditionsFor('').map(({ name }) => ({ name, expression: 'true' })),
            { name: 'not-mine', expression: 'object.metadata.name != "mine"' },
          ],
        }),
      ]),
    ],
  },
  'installed twice': { ...HEALTHY, configurations: [configuration([entry()]), configuration([entry()], 'zz-second')] },
  'without entries': { ...HEALTHY, configurations: [configuration([])], probe: { body: {} } },
  'rules edited away': { ...HEALTHY, configurations: [configuration([entry({ rules: [] })])], probe: { body: {} } },
  'a sidecar of a mesh': {
    ...HEALTHY,
    pods: [ownPod({ spec: { containers: [{ name: 'webhook' }, { name: 'istio-proxy' }] } })],
    probe: { body: {} },
  },
  'the webhook is down': {
    ...HEALTHY,
    endpoints: {},
    pods: [ownPod({ status: { containerStatuses: [{ name: 'webhook', ready: false, state: noImage }] } })],
    probe: { body: {} },
  },
  'no pod of the webhook': { ...HEALTHY, pods: [], endpoints: {}, probe: { body: {} } },
  'a namespace that is left alone': {
    ...HEALTHY,
    probe: { body: {}, warnings: ['max-map-count: observe only'] },
  },
  'a namespace that is left out': {
    ...HEALTHY,
    configurations: [configuration([entry({ namespaceSelector: { matchLabels: { team: 'other' } } })])],
    probe: { body: {} },
  },
  'pods cannot be created': {
    ...HEALTHY,
    probe: refused('Internal error: failed calling webhook "privileged.max-map-count.io": EOF', 500),
  },
  'a quota': { ...HEALTHY, probe: refused('exceeded quota: pods, requested: pods=1') },
  'a namespace with a level': {
    ...HEALTHY,
    namespaces: { search: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
    probe: PSA('baseline'),
  },
  'a namespace with a level, while the webhook does not answer': {
    ...HEALTHY,
    namespaces: { search: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    probe: { body: {} },
  },
  'an API server with a level of its own': {
    ...HEALTHY,
    namespaces: { search: { 'pod-security.kubernetes.io/enforce': 'privileged' }, apps: {} },
    probe: (namespace) => (namespace === 'apps' ? PSA('restricted') : patched),
  },
  'many webhooks': {
    ...HEALTHY,
    configurations: [
      configuration([entry()]),
      ...['a', 'b', 'c'].map((name) => foreign(name)),
      foreign('slow', { timeoutSeconds: 30, failurePolicy: 'Ignore' }),
      foreign('elsewhere', { namespaceSelector: { matchLabels: { team: 'other' } } }),
      foreign('chosen', { objectSelector: { matchLabels: { inject: 'true' } } }),
    ],
    endpoints: { ...HEALTHY.endpoints, 'others/a': 1, 'others/b': 1 },
  },
  'pods that were missed': {
    ...HEALTHY,
    pods: [
      ownPod(),
      ...['es-0', 'es-1', 'es-2', 'es-3'].map((name) => pod(name, elasticsearch(), {}, owned('StatefulSet', 'es'))),
      pod('alone', elasticsearch()),
      pod('odd', elasticsearch(), {}, owned('ReplicaSet', "x'; reboot")),
    ],
  },
  crashes: {
    ...HEALTHY,
    pods: [
      ownPod(),
      pod('es-0', elasticsearch(), crashed('es', LINE), owned('StatefulSet', 'es')),
      pod('es-1', elasticsearch(), crashed('es', LINE), owned('StatefulSet', 'es')),
      pod(
        'own',
        { containers: [{ name: 'app', image: 'registry.example.com/app' }] },
        crashed('app', ''),
        owned('Database', 'own'),
      ),
      pod(
        'team',
        { containers: [{ name: 'app', image: 'registry.example.com/app' }] },
        crashed('app', LINE),
        owned('StatefulSet', 'team'),
      ),
      pod('naked', { containers: [{ name: 'app', image: 'registry.example.com/app' }] }, crashed('app', LINE)),
      pod(
        'single',
        elasticsearch({
          containers: [
            { name: 'es', image: 'elasticsearch:8.15.0', env: [{ name: 'discovery.type', value: 'single-node' }] },
          ],
        }),
        crashed('es', LINE),
      ),
      pod(
        'refused',
        elasticsearch(),
        initStatus('max-map-count', 'busybox', {
          terminated: {
            exitCode: 1,
            message: 'max-map-count: vm.max_map_count is still 65530, 262144 is needed: the node refused the write\n',
          },
        }),
      ),
      pod('unread', { containers: [{ name: 'app', image: 'registry.example.com/other' }] }, crashed('app', '')),
    ],
    logs: { 'own/app': `x\n${LINE}\n` },
  },
  'init containers of ours that fail': {
    ...HEALTHY,
    pods: [
      ownPod(),
      pod(
        'killed',
        elasticsearch(),
        initStatus('max-map-count', 'busybox', { terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      ),
      pod(
        'shell',
        elasticsearch(),
        initStatus('max-map-count', 'busybox', {
          terminated: { exitCode: 127, reason: 'Error', message: 'sh: not found' },
        }),
      ),
      pod(
        'start',
        elasticsearch(),
        initStatus('max-map-count', 'busybox', {
          waiting: { reason: 'CreateContainerError', message: 'privileged is not allowed' },
        }),
      ),
    ],
  },
  'images that cannot be had': {
    ...HEALTHY,
    pods: [
      ownPod(),
      pod(
        'es-0',
        elasticsearch({ initContainers: [{ name: 'max-map-count' }] }),
        initStatus('max-map-count', 'busybox:1.37', noImage),
        owned('StatefulSet', 'es'),
      ),
      pod(
        'old-0',
        elasticsearch({
          initContainers: [
            {
              name: 'sysctl',
              image: 'docker.io/bitnami/os-shell:11',
              command: ['sysctl', '-w', 'vm.max_map_count=262144'],
              securityContext: { privileged: true, runAsUser: 0 },
            },
          ],
        }),
        initStatus('sysctl', 'docker.io/bitnami/os-shell:11', noImage),
        owned('StatefulSet', 'old'),
      ),
    ],
  },
  'no prepared node': {
    ...HEALTHY,
    pods: [
      ownPod(),
      pod(
        'be-0',
        { ...prepared, nodeName: undefined, containers: [{ name: 'be', image: 'apache/doris:be-3.0.3' }] },
        stuck,
        owned('StatefulSet', 'be'),
      ),
    ],
  },
  'a label that is no number': {
    ...HEALTHY,
    nodes: [{ metadata: { name: 'worker-1', labels: { 'max-map-count.io/value': 'high' } } }],
  },
  'a node below what the configuration promises': {
    ...HEALTHY,
    configmaps: [rendered('nodes: {guaranteed: 524288}\n')],
  },
  'nothing may be read': { ...HEALTHY, forbidden: /./ },
  'nothing but pods may be read': {
    ...HEALTHY,
    pods: [pod('es-0', elasticsearch(), crashed('es', ''))],
    forbidden: /^(?!GET \/api\/v1\/pods$)/,
  },
  'nothing answers': { ...HEALTHY, broken: /./ },
};
