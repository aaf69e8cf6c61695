// An object literal with a getter gets a hidden class of its own each time it is made. It keeps what the getter sees out of the
// reach of the young generation's collector, here the whole pod, and every reader of such objects meets a shape it does not know.
import { setFlagsFromString } from 'node:v8';
import { expect, it } from 'vitest';
import { readPod } from '../../../src/core/read-pod.ts';

setFlagsFromString('--allow-natives-syntax');
const haveSameMap = new Function('left', 'right', 'return %HaveSameMap(left, right)') as (
  left: unknown,
  right: unknown,
) => boolean;

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
  const literal = (value: number) => ({
    get value() {
      return value;
    },
  });
  expect(haveSameMap(literal(1), literal(2))).toBe(false);
});

it.each([
  ['pod', (pod: ReturnType<typeof view>) => pod],
  ['labels', (pod: ReturnType<typeof view>) => pod.labels],
  ['container', (pod: ReturnType<typeof view>) => pod.containers[0]],
  ['variable', (pod: ReturnType<typeof view>) => pod.containers[0]?.env[0]],
  ['mount', (pod: ReturnType<typeof view>) => pod.containers[0]?.mounts[0]],
])('the views of two pods share the hidden class of their %s', (_, part) => {
  const [one, other] = [part(view()), part(view())];
  expect(one).toBeDefined();
  expect(haveSameMap(one, other)).toBe(true);
});
