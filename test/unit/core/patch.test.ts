import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/core/evaluate.ts';
import type { Json } from '../../../src/core/json.ts';
import { patchFor, patchText } from '../../../src/core/patch.ts';
import { settingsOf } from '../../support/cases.ts';

const settings = settingsOf('');
const containers = [{ name: 'es', image: 'elasticsearch:8.15.0' }];

function decided(pod: Json) {
  const decision = evaluate(pod, { strategy: 'init-container' }, settings);
  if (decision.decision !== 'patch') throw new Error(decision.reason);
  return decision;
}

const pathsFor = (pod: Json) => patchFor(pod, decided(pod), settings).map(({ path }) => path);

describe('a patch makes the parents that are not there, and touches none that is', () => {
  it.each<[string, Json, string[]]>([
    ['no metadata', { spec: { containers } }, ['/spec/initContainers', '/metadata']],
    ['metadata that is null', { metadata: null, spec: { containers } }, ['/spec/initContainers', '/metadata']],
    ['no annotations', { metadata: {}, spec: { containers } }, ['/spec/initContainers', '/metadata/annotations']],
    [
      'annotations',
      { metadata: { annotations: { a: 'b' } }, spec: { containers } },
      ['/spec/initContainers', '/metadata/annotations/max-map-count.io~1applied'],
    ],
    [
      'init containers',
      { metadata: {}, spec: { containers, initContainers: [{ name: 'a', image: 'busybox' }] } },
      ['/spec/initContainers/0', '/metadata/annotations'],
    ],
    [
      'an empty list of init containers',
      { metadata: {}, spec: { containers, initContainers: [] } },
      ['/spec/initContainers/0', '/metadata/annotations'],
    ],
    [
      'init containers that are null',
      { metadata: {}, spec: { containers, initContainers: null } },
      ['/spec/initContainers', '/metadata/annotations'],
    ],
  ])('%s', (_, pod, paths) => {
    expect(pathsFor(pod)).toEqual(paths);
  });
});

it('there is no patch for what is no pod', () => {
  expect(patchFor(null, decided({ spec: { containers } }), settings)).toEqual([]);
});

it('the init container inherits nothing where there is nothing that it needs', () => {
  const resources = { requests: { 'nvidia.com/gpu': '1' }, limits: {} };
  const pod = { spec: { containers: [{ name: 'es', image: 'elasticsearch:8.15.0', resources }] } };
  expect(JSON.stringify(patchFor(pod, decided(pod), settings)[0])).not.toContain('resources');
});

// What a quota or a LimitRange counts per container, and no device that only the server needs.
it('the init container inherits cpu, memory and ephemeral storage of the server, and nothing else', () => {
  const amounts = { cpu: '1', memory: '2Gi', 'ephemeral-storage': '1Gi' };
  const resources = { requests: amounts, limits: { ...amounts, 'nvidia.com/gpu': '1' }, claims: [{ name: 'gpu' }] };
  const pod = { spec: { containers: [{ name: 'es', image: 'elasticsearch:8.15.0', resources }] } };
  const [operation] = patchFor(pod, decided(pod), settings);
  expect(operation?.value).toMatchObject([
    { name: 'max-map-count', resources: { requests: amounts, limits: amounts } },
  ]);
  expect(JSON.stringify(operation)).not.toContain('gpu');
});

describe('the annotation', () => {
  const ours = 'max-map-count.io/applied'.length + 'init-container=262144'.length;
  const annotated = (value: Json): Json => ({ metadata: { annotations: { a: value } }, spec: { containers } });

  it.each([
    ['fits to the last byte', 'x'.repeat(256 * 1024 - ours - 1), true],
    ['is left out one byte later', 'x'.repeat(256 * 1024 - ours), false],
    ['counts bytes, not characters', 'é'.repeat(128 * 1024 - 20), false],
    ['fits beside one that is no text', 1, true],
    ['fits where characters of two bytes leave room', 'é'.repeat(128 * 1024 - ours), true],
  ])('%s of what the API server takes', (_, value, isAdded) => {
    const paths = pathsFor(annotated(value));
    expect(paths[0]).toBe('/spec/initContainers');
    expect(paths.length === 2).toBe(isAdded);
  });

  // API servers such as that of 1.30 write the profile into an annotation of their own, which counts, too.
  it.each([
    [200, true],
    [100, false],
    [0, false],
  ])('with %d bytes of room: the container has a profile: %s', (room, hasProfile) => {
    const pod = annotated('x'.repeat(256 * 1024 - room - 1));
    const [operation] = patchFor(pod, decided(pod), settings);
    expect(JSON.stringify(operation).includes('appArmorProfile')).toBe(hasProfile);
    expect(JSON.parse(patchText(pod, decided(pod), settings))[0]).toEqual(operation);
  });
});
