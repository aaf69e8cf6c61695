// Arbitrary pods for the properties: half of them close to a workload, so that every branch is met.
import fc from 'fast-check';
import type { Json } from '../../src/core/json.ts';

const IMAGES = [
  'elasticsearch:8.15.0',
  'docker.elastic.co/elasticsearch/elasticsearch:7.17.0',
  'sebp/elk',
  'opensearchproject/opensearch:2.17.1',
  'sonarqube:lts',
  'apache/doris:be-2.1.8',
  'registry.example.com/search:1.2',
  'quay.io/prometheuscommunity/elasticsearch-exporter:latest',
  'nginx:1.27',
  'busybox',
  '',
];
const ENV = [
  'discovery.seed_hosts',
  'discovery.type',
  'ES_JAVA_OPTS',
  'ELASTICSEARCH_URL',
  'node.store.allow_mmap',
  'PATH',
  '__proto__',
];
const VALUES = ['single-node', 'false', 'true', '', '-Des.enforce.bootstrap.checks=true', 'a,b'];
const COMMANDS = [
  ['sysctl', '-w', 'vm.max_map_count=262144'],
  ['sh', '-c', 'sysctl -w vm.max_map_count=262144'],
  ['sh', '-c', 'echo 1048576 > /proc/sys/vm/max_map_count'],
  ['sh', '-c', 'sysctl', '-w', 'vm.max_map_count=262144'],
  ['sleep', '3600'],
  ['/run.sh'],
];

/** The first value five times out of six, else one of the others. */
function mostly<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

const quantities = fc.record(
  {
    cpu: fc.constantFrom('100m', '1'),
    memory: fc.constantFrom('64Mi', '2Gi'),
    'ephemeral-storage': fc.constant('1Gi'),
  },
  { requiredKeys: [] },
);
const security = fc.record(
  { privileged: fc.boolean(), runAsUser: fc.constantFrom(0, 1000), runAsNonRoot: fc.boolean() },
  { requiredKeys: [] },
);

/** A container with fields that matter and fields that we have never heard of. */
export function container(names: readonly string[]): fc.Arbitrary<Record<string, Json>> {
  return fc.record(
    {
      name: fc.constantFrom(...names),
      image: fc.constantFrom(...IMAGES),
      command: fc.constantFrom(...COMMANDS),
      env: fc.array(fc.record({ name: fc.constantFrom(...ENV), value: fc.constantFrom(...VALUES) }), { maxLength: 3 }),
      ports: fc.constantFrom([{ containerPort: 9200 }, { containerPort: 9300 }], [{ containerPort: 80 }]),
      resources: fc.record({ requests: quantities, limits: quantities }, { requiredKeys: [] }),
      securityContext: security,
      volumeMounts: fc.constantFrom([{ name: 'data', mountPath: '/usr/share/elasticsearch/data/' }], []),
      'x-future': fc.jsonValue() as fc.Arbitrary<Json>,
    },
    { requiredKeys: ['name', 'image'] },
  ) as fc.Arbitrary<Record<string, Json>>;
}

const expression = fc.record({
  key: fc.constantFrom('max-map-count.io/value', 'kubernetes.io/arch'),
  operator: fc.constantFrom('Gt', 'Lt', 'In', 'Exists', 'DoesNotExist'),
  values: fc.constantFrom(['262143'], ['65530'], ['1048576', '262144'], ['amd64'], []),
});
const term = fc.record(
  {
    matchExpressions: fc.array(expression, { maxLength: 2 }),
    matchFields: fc.constantFrom([{ key: 'metadata.name', operator: 'In', values: ['n1'] }], []),
  },
  { requiredKeys: [] },
);
const affinity = fc.oneof(
  fc.constantFrom(null, {}, { nodeAffinity: null }, { nodeAffinity: {} }, { podAffinity: {} }),
  fc.record({
    nodeAffinity: fc.record(
      {
        requiredDuringSchedulingIgnoredDuringExecution: fc.record({
          nodeSelectorTerms: fc.array(term, { maxLength: 3 }),
        }),
        preferredDuringSchedulingIgnoredDuringExecution: fc.array(
          fc.record({ weight: fc.constant(1), preference: term }),
          { maxLength: 2 },
        ),
      },
      { requiredKeys: [] },
    ),
  }),
);

const annotations = fc.dictionary(
  fc.constantFrom(
    'max-map-count.io/inject',
    'max-map-count.io/strategy',
    'max-map-count.io/workload',
    'max-map-count.io/applied',
    'a/b~c',
    'kubernetes.io/config.mirror',
  ),
  fc.constantFrom('false', 'true', 'node-affinity', 'elasticsearch', 'init-container=262144', 'x\ny', '１'),
);

/** A pod with the shape that an API server would send. */
export const pod: fc.Arbitrary<Record<string, Json>> = fc.record(
  {
    apiVersion: fc.constant('v1'),
    kind: fc.constant('Pod'),
    metadata: fc.record(
      {
        generateName: fc.constant('es-'),
        annotations: fc.oneof(
          { weight: 4, arbitrary: fc.constant({}) },
          { weight: 2, arbitrary: annotations },
          { weight: 1, arbitrary: fc.constant(null) },
        ),
        labels: fc.constant({ app: 'x' }),
      },
      { requiredKeys: [] },
    ),
    spec: fc.record(
      {
        containers: fc.array(container(['main', 'elasticsearch', 'other', 'another', 'third', 'max-map-count']), {
          minLength: 1,
          maxLength: 3,
        }),
        initContainers: fc.oneof(
          fc.array(container(['init-sysctl', 'init', 'prepare', 'copy', 'max-map-count']), { maxLength: 3 }),
          fc.constant(null),
        ),
        affinity,
        nodeSelector: mostly({}, { 'max-map-count.io/value': '262144' }, { 'kubernetes.io/os': 'windows' }),
        nodeName: mostly('', 'n1'),
        hostUsers: mostly(true, false),
        shareProcessNamespace: fc.boolean(),
        runtimeClassName: mostly('runc', 'gvisor', 'kata'),
        securityContext: security,
        'x-future': fc.jsonValue(),
      },
      { requiredKeys: ['containers'] },
    ),
  },
  { requiredKeys: ['spec', 'metadata'] },
) as fc.Arbitrary<Record<string, Json>>;
