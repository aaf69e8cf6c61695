// Pods for the prefilter: of the words that rows are recognised by, as they are, nearly so, or in places where they mean
// nothing; and pods as most clusters have them.
import fc from 'fast-check';
import type { JsonObject } from '../../src/core/json.ts';
import type { PrefilterWords } from '../../src/core/prefilter-words.ts';

/** Most often none, so that small signs come alone as well. */
function rarely<T>(of: fc.Arbitrary<T>, none: T): fc.Arbitrary<T> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(none) }, { weight: 1, arbitrary: of });
}

function oneOf(words: readonly string[]): fc.Arbitrary<string> {
  return words.length > 0 ? fc.constantFrom(...words) : fc.constant('word');
}

/** A word, or something that merely looks like it. */
function near(word: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: word },
    word.map((text) => `${text}x`),
    word.map((text) => text.slice(1)),
    word.map((text) => text.toUpperCase()),
    fc.constantFrom('nginx', '', '-', '=', '-E', '__proto__'),
  );
}

function imageOf({ imageNames, imageParts }: PrefilterWords): fc.Arbitrary<string> {
  const name = fc.oneof(
    oneOf(imageNames),
    oneOf(imageNames).map((text) => `${text}-7.1`),
    oneOf(imageParts),
    oneOf(imageParts).map((text) => `my-${text}8-exporter`),
    fc.constantFrom('nginx', 'busybox', '_', 'A'),
  );
  const before = fc.constantFrom(
    '',
    'acme/',
    'crate/',
    'docker.io/library/',
    'registry:5000/a/b/',
    'elasticsearch:80/',
    'a@b/',
  );
  const after = fc.constantFrom(
    '',
    ':8',
    ':be-2.1',
    `@sha256:${'a'.repeat(64)}`,
    ':8@x/y',
    '@x/y',
    ':a/b',
    ' ',
    '\n',
    '/',
    'x'.repeat(520),
  );
  return fc.tuple(before, name, after).map((parts) => parts.join(''));
}

function wordsOfLine({ settings, hints }: PrefilterWords): fc.Arbitrary<string> {
  const name = near(fc.oneof(oneOf(settings), oneOf(settings), oneOf(hints)));
  return fc.oneof(
    fc
      .tuple(fc.constantFrom('-E', '-C', '-D', '--', '', '-Dsonar.search.javaOpts=-D'), name)
      .map(([dash, text]) => `${dash}${text}=value`),
    name.map((text) => `exec /run.sh "-E${text}=x" && echo`),
    name.map((text) => `./start -E '${text}'=x`),
    name,
    fc.constantFrom('-E', '-D', '--flag', '-', '--port=80', 'sleep', '=', '-=x', '--=', '😀'),
  );
}

function containerOf(words: PrefilterWords): fc.Arbitrary<JsonObject> {
  const { settings, hints, mounts, ports, names } = words;
  const variable = near(fc.oneof(oneOf(settings), oneOf(hints), oneOf(hints)));
  const mount = near(oneOf(mounts)).chain((path) => fc.constantFrom(path, `${path}/`, path.slice(0, -1), `${path}sub`));
  const line = fc.array(wordsOfLine(words), { maxLength: 3 });
  return fc.record(
    {
      name: fc.oneof(near(oneOf(names)), fc.constantFrom('app', 'web')),
      image: fc.oneof(fc.constantFrom('nginx:1', 'acme/app'), fc.constantFrom('nginx:1', ''), imageOf(words)),
      env: rarely(fc.array(fc.record({ name: variable, value: fc.constantFrom('', 'x') }), { maxLength: 3 }), []),
      volumeMounts: rarely(
        fc.array(fc.record({ name: fc.constant('v'), mountPath: mount, readOnly: fc.boolean() }), { maxLength: 2 }),
        [],
      ),
      ports: fc.array(fc.record({ containerPort: fc.constantFrom(80, 443, ...ports) }), { maxLength: 3 }),
      command: fc.oneof(fc.constantFrom(['sh', '-c'], ['sleep', '1'], ['exec', 'bash', '-ec'], []), line),
      args: fc.oneof(line, line, fc.constant([])),
      restartPolicy: fc.constantFrom('Always', 'Never', 'OnFailure'),
    },
    { requiredKeys: ['name'] },
  ) as fc.Arbitrary<JsonObject>;
}

/** A pod of words by which rows are recognised. */
export function podOfWords(words: PrefilterWords): fc.Arbitrary<JsonObject> {
  const labels = words.labels.map(([key, value]) => [key, value] as const);
  const label = fc.constantFrom(...labels, ['app', 'x'] as const);
  return fc.record(
    {
      metadata: fc.record(
        {
          labels: rarely(
            fc.record(
              { 'app.kubernetes.io/name': near(oneOf(words.names)), other: fc.constant('x') },
              { requiredKeys: [] },
            ),
            {},
          ).chain((map) =>
            rarely(
              label.map(([key, value]) => ({ ...map, [key]: value })),
              map,
            ),
          ),
          annotations: rarely(
            fc.dictionary(
              fc.constantFrom(
                'max-map-count.io/workload',
                'max-map-count.io/inject',
                'max-map-count.io/applied',
                'other',
              ),
              fc.constantFrom('elasticsearch', 'own-0', 'false', 'no'),
            ),
            {},
          ),
        },
        { requiredKeys: [] },
      ),
      spec: fc.record(
        {
          containers: fc.array(containerOf(words), { minLength: 1, maxLength: 2 }),
          initContainers: rarely(fc.array(containerOf(words), { maxLength: 2 }), []),
          restartPolicy: fc.constantFrom('Always', 'Never'),
        },
        { requiredKeys: ['containers'] },
      ),
    },
    { requiredKeys: ['metadata', 'spec'] },
  ) as fc.Arbitrary<JsonObject>;
}

const ORDINARY = {
  images:
    'nginx:1.27 redis:7 postgres:16 node:22 ghcr.io/acme/shop-api:1.4 minio/minio envoyproxy/envoy:v1.30 grafana/grafana:11 kafka:3.7 mongo:7 registry.corp/team/billing@sha256:0123',
  env: 'PATH HOME PORT LOG_LEVEL DATABASE_URL REDIS_HOST JAVA_OPTS POD_NAME ELASTICSEARCH_URL OTEL_EXPORTER_OTLP_ENDPOINT',
  mounts: '/data /tmp /var/lib/postgresql/data /etc/nginx/conf.d /var/run/secrets/kubernetes.io/serviceaccount',
  args: '--port=8080 --config=/etc/app.yaml serve -v -Dspring.profiles.active=prod --web.enable-lifecycle',
  names: 'app web api worker nginx redis sidecar istio-proxy',
} as const;

/** A pod as most clusters have them. */
export const ordinaryPod: fc.Arbitrary<JsonObject> = fc.record({
  metadata: fc.record({
    labels: fc.record({ app: word('names'), 'app.kubernetes.io/name': word('names') }, { requiredKeys: [] }),
    annotations: fc.constantFrom<Record<string, string>>({}, { 'prometheus.io/scrape': 'true' }),
  }),
  spec: fc.record({
    containers: fc.array(
      fc.record(
        {
          name: word('names'),
          image: word('images'),
          env: fc.array(fc.record({ name: word('env'), value: fc.string({ maxLength: 8 }) }), { maxLength: 20 }),
          volumeMounts: fc.array(fc.record({ name: fc.constant('v'), mountPath: word('mounts') }), { maxLength: 5 }),
          args: fc.array(word('args'), { maxLength: 6 }),
          ports: fc
            .constantFrom([80], [443, 8443], [3000], [5432], [6379], [8080, 9090], [9000], [9000, 9001], [])
            .map((ports) => ports.map((containerPort) => ({ containerPort }))),
        },
        { requiredKeys: ['name', 'image'] },
      ),
      { minLength: 1, maxLength: 4 },
    ),
  }),
}) as fc.Arbitrary<JsonObject>;

function word(kind: keyof typeof ORDINARY): fc.Arbitrary<string> {
  return fc.constantFrom(...ORDINARY[kind].split(' '));
}
