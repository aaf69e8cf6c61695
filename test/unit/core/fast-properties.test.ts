// V8 gives an object literal with a getter slow properties and puts its pair of accessors into the old generation. From there the
// getter keeps what it sees, here the whole pod, through every collection of the young one.
import { setFlagsFromString } from 'node:v8';
import { expect, it } from 'vitest';
import { readPod } from '../../../src/core/read-pod.ts';

setFlagsFromString('--allow-natives-syntax');
const hasFastProperties = new Function('object', 'return %HasFastProperties(object)') as (object: unknown) => boolean;

function view() {
  const container = {
    name: 'search',
    image: 'elasticsearch:8.15.0',
    env: [{ name: 'A', value: 'b' }],
    volumeMounts: [{ mountPath: '/data' }],
  };
  const pod = readPod({ metadata: { labels: { app: 'x' } }, spec: { containers: [container] } });
  if (!pod) throw new Error('not read as a pod');
  return pod;
}

it('notices a getter in a literal', () => {
  const literal = {
    get value() {
      return 1;
    },
  };
  expect(hasFastProperties(literal)).toBe(false);
});

it.each([
  ['pod', (pod: ReturnType<typeof view>) => pod],
  ['labels', (pod: ReturnType<typeof view>) => pod.labels],
  ['container', (pod: ReturnType<typeof view>) => pod.containers[0]],
  ['variable', (pod: ReturnType<typeof view>) => pod.containers[0]?.env[0]],
  ['mount', (pod: ReturnType<typeof view>) => pod.containers[0]?.mounts[0]],
])('the view of a %s has fast properties', (_, part) => {
  expect(part(view())).toBeDefined();
  expect(hasFastProperties(part(view()))).toBe(true);
});
