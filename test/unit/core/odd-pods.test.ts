// What a manifest may hold and the API server would refuse: it is passed over, and the rest of the pod is judged as ever.
import { describe, expect, it } from 'vitest';
import { builtInWorkloads } from '../../../src/core/catalogue.ts';
import { evaluate } from '../../../src/core/evaluate.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { settingsOf } from '../../support/cases.ts';

const raising = (image: string) => {
  return {
    name: 'a',
    image,
    command: ['sysctl', '-w', 'vm.max_map_count=65530'],
    securityContext: { privileged: true },
  };
};
const server = { name: 'es', image: 'elasticsearch:8.15.0' };

function reasonOf(pod: Json, config = ''): string {
  return evaluate(pod, { strategy: 'init-container' }, settingsOf(config)).reason;
}

describe('a server is patched in spite of', () => {
  it.each<[string, JsonObject]>([
    ['variables without a name or a value', { env: [{ value: 'x' }, { name: 'A' }, { name: 1, value: 2 }] }],
    ['variables that are no objects', { env: [null, 'A=b', 1] }],
    ['ports without a number', { ports: [{ name: 'http' }, { containerPort: '9200' }, null] }],
    ['mounts without a path', { volumeMounts: [{ name: 'data' }, null] }],
    ['a command of other things than words', { command: [1, null, {}], args: ['-Ea=b', 7] }],
    ['lists that are none', { env: {}, ports: 'http', volumeMounts: 1, command: 'run', args: {} }],
    ['no name', { name: null }],
    ['a security context that is none', { securityContext: 'privileged' }],
    ['resources that are none', { resources: [], envFrom: {} }],
    ['a variable whose name has a long word', { env: [{ name: `${'A'.repeat(30)}_HOST`, value: 'x' }] }],
    ['amounts that nobody inherits', { resources: { requests: { 'nvidia.com/gpu': '1' }, limits: {} } }],
  ])('%s', (_, fields) => {
    expect(reasonOf({ spec: { containers: [{ ...server, ...fields }] } })).toBe('injected');
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['owners without a kind', { ownerReferences: [{ name: 'x' }, null] }, {}],
    ['labels that are no texts', { labels: { a: 1 } }, {}],
    ['sysctls without a name', {}, { securityContext: { sysctls: [{ value: '1' }, null] } }],
    ['a neighbour without an image', {}, { containers: [server, { name: 'x' }] }],
    ['a neighbour whose image is no reference', {}, { containers: [server, { name: 'x', image: '%IMAGE%' }] }],
    ['an init container whose image is no reference', {}, { initContainers: [raising('%IMAGE%')] }],
    ['a neighbour whose image is a number', {}, { containers: [server, { name: 'x', image: 'example/7' }] }],
    ['a neighbour whose image ends in a version', {}, { containers: [server, { name: 'x', image: 'example/a-v7' }] }],
    [
      'an init container with variables from elsewhere',
      {},
      { initContainers: [{ ...raising('busybox'), env: [{ name: 'A', valueFrom: {} }] }] },
    ],
    ['an init container without a command', {}, { initContainers: [{ name: 'a', image: 'busybox' }] }],
  ])('%s', (_, metadata, spec) => {
    expect(reasonOf({ metadata, spec: { containers: [server], ...spec } })).toBe('injected');
  });
});

it.each<[string, Json]>([
  ['metadata that is a text', { metadata: 'x', spec: { containers: [server] } }],
  ['no container', { spec: { containers: [] } }],
  ['a container that is a text', { spec: { containers: [server, 'x'] } }],
  ['init containers that are a map', { spec: { containers: [server], initContainers: {} } }],
  ['no spec', { metadata: {} }],
])('is no pod: %s', (_, pod) => {
  expect(reasonOf(pod)).toBe('not-a-pod');
});

it('a pod for one of no products is none of ours', () => {
  const names = builtInWorkloads.map(({ name }) => name).join(', ');
  expect(reasonOf({ spec: { containers: [server] } }, `disabledWorkloads: [${names}]`)).toBe('not-matched');
});

it('a container is told by its settings where its image is no reference', () => {
  const env = [{ name: 'discovery.seed_hosts', value: 'a' }];
  const mounts = [{ name: 'data', mountPath: '/usr/share/elasticsearch/data' }];
  const ports = [{ containerPort: 9200 }, { containerPort: 9300 }];
  const container = { name: 'elasticsearch', image: '%IMAGE%', env, volumeMounts: mounts, ports };
  expect(reasonOf({ spec: { containers: [container] } })).toBe('injected');
  expect(reasonOf({ spec: { containers: [{ ...container, image: null }] } })).toBe('injected');
});

it('a setting may stand in the word after its option', () => {
  const args = ['elasticsearch', '-E', 'discovery.type=single-node'];
  expect(reasonOf({ spec: { containers: [{ ...server, args }] } })).toBe('not-required');
});

it('an image that runs as another user than root since some version counts as newer without a tag', () => {
  const command = ['sysctl', '-w', 'vm.max_map_count=262144'];
  const beside = (image: string) => ({
    spec: { containers: [server], initContainers: [{ ...raising(image), command }] },
  });
  const official = 'docker.elastic.co/elasticsearch/elasticsearch';
  expect([official, `${official}:9.0.0`, `${official}:7.17.0`].map((image) => reasonOf(beside(image)))).toEqual([
    'injected',
    'injected',
    'already-handled',
  ]);
});

describe('a row without a title is called by its name', () => {
  const config = 'workloads: [{name: own, required: 262144, images: [acme/own]}]';
  const own = { name: 'main', image: 'registry.example/acme/own:1' };
  const warningsOf = (initContainers: Json[], strategy: 'init-container' | 'none' = 'init-container') => {
    return evaluate({ spec: { containers: [own], initContainers } }, { strategy }, settingsOf(config)).warnings.join(
      '\n',
    );
  };

  it('where its need cannot be met', () => {
    expect(warningsOf([], 'none')).toContain('own needs vm.max_map_count of at least 262144');
  });

  it('where it runs beside the task of a Job', () => {
    const pod = { metadata: { ownerReferences: [{ kind: 'Job' }] }, spec: { containers: [own, { name: 'task' }] } };
    const { warnings } = evaluate(pod, { strategy: 'init-container' }, settingsOf(config));
    expect(warnings.join('\n')).toContain('container main runs own beside the task of a Job');
  });

  it('where the author set too low a value', () => {
    expect(warningsOf([raising('busybox')])).toContain('sets vm.max_map_count to 65530, but own needs 262144');
  });
});
