// Pods made of the words of the catalogue, and of words that are nearly them: for properties over what detection reads.
import fc from 'fast-check';
import { builtInWorkloads } from '../../src/core/catalogue.ts';
import type { Json } from '../../src/core/json.ts';

const words = <T>(of: (row: (typeof builtInWorkloads)[number]) => readonly T[]) => [
  ...new Set(builtInWorkloads.flatMap(of)),
];
// One repository for each pattern, with something in the place of a `*`.
const REPOSITORIES = words(({ images, notImages, hints }) =>
  [...images, ...notImages, ...hints.images].flatMap((pattern) => {
    const repository = (pattern.split(':')[0] ?? '').replaceAll('*', '-x-').replace(/^-|-$/g, '');
    return [repository, repository.replace(/-?x-?/, '')].filter((name) => /^[a-z0-9]/.test(name));
  }),
);
const TAGS = [
  '',
  ':8.15.0',
  ':7',
  ':4.9.1',
  ':latest',
  ':be-2.1.8',
  ':8.3-community',
  ':742',
  ':2.0.0-es-8.13.4',
  '@sha256:0123456789abcdef',
];
const REGISTRIES = [
  '',
  'quay.io/',
  'localhost:5000/team/',
  'docker.io/',
  'team/',
  'docker.io/library/',
  'REGISTRY.corp/',
];
const SUFFIXES = ['', '7', '-v8', '-exporter', '-operator', '-custom', '_ui'];

/** Image references of the catalogue, and nearly. */
export const imageText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...REGISTRIES),
    fc.constantFrom(...REPOSITORIES, 'search', 'nginx', 'library/redis'),
    fc.oneof({ weight: 4, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom(...SUFFIXES) }),
    fc.constantFrom(...TAGS),
  )
  .map((parts) => parts.join(''));

const variable = fc.record(
  {
    name: fc.constantFrom(
      ...words(({ env, hints }) => [...env, ...hints.env]),
      ...[
        'DISCOVERY_TYPE',
        'ES_SETTING_DISCOVERY_TYPE',
        'ES_URL',
        'MY_OPENSEARCH_CLUSTER_HOSTS',
        'network.host',
        'PATH',
      ],
      ...['ELASTICSEARCH_EXTRA_FLAGS', 'NODE_STORE_ALLOW__MMAP', 'node.store.allow_mmap', 'skip.check.ulimit'],
    ),
    value: fc.constantFrom(
      'single-node',
      'false',
      'true',
      '',
      'x',
      '127.0.0.1',
      '-Ediscovery.type=single-node',
      'max_map_count',
    ),
    valueFrom: fc.constant({ fieldRef: { fieldPath: 'metadata.name' } }),
  },
  { requiredKeys: ['name'] },
);

const option = fc.constantFrom(
  ...[
    '',
    '-Ediscovery.type=single-node',
    '-Ediscovery.seed_hosts=a',
    '--es.uri=http://es',
    '-E',
    'discovery.seed_hosts=a',
  ],
  ...[
    '-Enetwork.host=_local_',
    '-Ecluster.name=$(PATH)',
    'elasticsearch',
    '/usr/share/opensearch/bin/opensearch',
    'sh',
    '-c',
  ],
  ...[
    'bin/docker-entrypoint.sh',
    'sleep 10',
    'sysctl -w vm.max_map_count=262144',
    'elasticsearch-certutil',
    'A=b',
    '--',
  ],
);

const container = fc.record(
  {
    name: fc.constantFrom('main', 'sysctl', ...words(({ hints }) => hints.containers)),
    image: imageText,
    env: fc.array(variable, { maxLength: 3 }),
    command: fc.array(option, { minLength: 1, maxLength: 3 }),
    args: fc.array(option, { minLength: 1, maxLength: 2 }),
    ports: fc
      .uniqueArray(fc.constantFrom(80, ...words(({ hints }) => hints.ports.flat())), { maxLength: 3 })
      .map((ports) => ports.map((containerPort) => ({ containerPort }))),
    volumeMounts: fc.array(
      fc.record(
        {
          name: fc.constant('data'),
          mountPath: fc.constantFrom('/tmp', ...words(({ mounts }) => mounts), '/var/lib/elasticsearch/x/'),
          readOnly: fc.boolean(),
        },
        { requiredKeys: ['name', 'mountPath'] },
      ),
      { maxLength: 2 },
    ),
    securityContext: fc.record({ privileged: fc.boolean(), runAsUser: fc.constantFrom(0, 1000) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['name', 'image'] },
);

// Names are unique in a pod that the API server accepts.
const containers = (least: number) =>
  fc.array(container, { minLength: least, maxLength: least + 1 }).map((list) => {
    return list.map((each, at) =>
      list.slice(0, at).some(({ name }) => name === each.name) ? { ...each, name: `c${at}` } : each,
    );
  });

/** A pod that often has something of a row, or nearly. */
export const likelyPod: fc.Arbitrary<Record<string, Json>> = fc.record({
  apiVersion: fc.constant('v1'),
  kind: fc.constant('Pod'),
  metadata: fc.record(
    {
      name: fc.constant('pod'),
      labels: fc.dictionary(
        fc.constantFrom(
          ...words(({ labels }) => Object.keys(labels)),
          ...[
            'app.kubernetes.io/name',
            'elasticsearch.k8s.elastic.co/version',
            'tuned.openshift.io/elasticsearch',
            'job-name',
          ],
        ),
        fc.constantFrom('elasticsearch', 'opensearch', '4.6', '8.17.0', ''),
        { maxKeys: 2 },
      ),
      annotations: fc.dictionary(
        fc.constantFrom('max-map-count.io/workload', 'max-map-count.io/strategy', 'max-map-count.io/inject'),
        fc.constantFrom('elasticsearch', 'sonarqube', 'node-affinity', 'true'),
        { maxKeys: 1 },
      ),
      ownerReferences: fc.constantFrom([], [{ kind: 'StatefulSet' }], [{ kind: 'Job' }], [{ kind: 'DaemonSet' }]),
    },
    { requiredKeys: ['name'] },
  ),
  spec: fc.record(
    {
      containers: containers(1),
      initContainers: containers(0).map((list) =>
        list.map((each, at) => ({ ...each, name: `${each.name}-init`, ...(at > 0 && { restartPolicy: 'Always' }) })),
      ),
      restartPolicy: fc.constantFrom('Always', 'Never'),
      hostUsers: fc.boolean(),
      runtimeClassName: fc.constantFrom('kata-qemu', 'gvisor', 'nvidia'),
      nodeName: fc.constant('n1'),
      nodeSelector: fc.constantFrom({}, { 'max-map-count.io/value': '262144' }, { 'kubernetes.io/os': 'windows' }),
    },
    { requiredKeys: ['containers'] },
  ),
}) as unknown as fc.Arbitrary<Record<string, Json>>;
