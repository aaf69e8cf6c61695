// Everything that anyone who may create a pod, or who reaches the port, was once able to stop the server with.
import { podReview } from '../support/reviews.ts';

const MIB = 1024 * 1024;

function pod(spec: object): string {
  return JSON.stringify(podReview({ metadata: { name: 'p' }, spec }));
}

/** A pod with an init container that runs a script, beside a server or not. */
function script(text: string, image = 'elasticsearch:8.19.0', variables: object[] = []): string {
  const init = { name: 'i', image: 'busybox', command: ['sh', '-c', text], env: variables };
  return pod({ initContainers: [init], containers: [{ name: 'main', image }] });
}

/** A review of almost 4 MiB whose pod has a list of this JSON value. */
function listOf(value: string): string {
  const [head = '', tail = ''] = pod({ containers: '@' }).split('"@"');
  const count = Math.floor((4 * MIB - head.length - tail.length - 2) / (value.length + 1));
  return `${head}[${Array(count).fill(value).join(',')}]${tail}`;
}

function nested(open: string, close: string): string {
  const [head = '', tail = ''] = pod({ containers: [{ name: 'a', image: 'nginx', x: '@' }] }).split('"@"');
  const depth = Math.floor((4 * MIB - head.length - tail.length - 2) / (open.length + close.length));
  return `${head}${open.repeat(depth)}0${close.repeat(depth)}${tail}`;
}

const term = (values: string[]) => ({ matchExpressions: [{ key: 'max-map-count.io/value', operator: 'In', values }] });

/** Bodies by what they are, made one at a time because they are large. */
export const HOSTILE_BODIES: Readonly<Record<string, () => string>> = {
  'a variable doubled 24 times': () => script(`A=aaaaaaaa;${'A=$A$A;'.repeat(24)}sysctl -w vm.max_map_count=$A`),
  'an option of 20 KB': () =>
    pod({ containers: [{ name: 'a', image: 'nginx', command: ['sh', `-${'c'.repeat(20_000)}!`] }] }),
  'braces, 100 KB': () => script('{ '.repeat(50_000)),
  'nested defaults, 50 KB': () => script('${a-'.repeat(12_500)),
  '20,000 assignments': () => script('A= '.repeat(20_000)),
  '1,000 variables and 1,000 shells': () =>
    script(
      'sh -c $A0;'.repeat(1_000),
      'elasticsearch:8',
      Array.from({ length: 1_000 }, (_, index) => ({ name: `A${index}`, value: `$(A${index - 1}) x` })),
    ),
  '1.5 million commands': () => script('a;'.repeat(1_500_000), 'nginx'),
  '1.5 million commands beside a server': () => script('a;'.repeat(1_500_000)),
  'nested options, 72 KB': () => script('sh -c '.repeat(12_000)),
  '130,000 values in one affinity term': () =>
    pod({
      containers: [{ name: 'elasticsearch', image: 'elasticsearch:8' }],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [term(Array.from({ length: 130_000 }, (_, index) => String(index)))],
          },
        },
      },
    }),
  '24,000 containers': () =>
    pod({ containers: Array(24_000).fill({ name: 'elasticsearch', image: 'elasticsearch:8' }) }),
  '4 MiB of empty objects': () => listOf('{}'),
  '4 MiB of empty lists': () => listOf('[]'),
  '4 MiB of small lists': () => listOf('[1.5,{}]'),
  '4 MiB of nested lists': () => nested('[', ']'),
  '4 MiB of nested objects': () => nested('{"a":', '}'),
  '4 MiB in one string': () => script('x'.repeat(3 * MIB)),
  '4 MiB in one string of wide characters': () => script('字'.repeat(MIB)),
};

/** A body of 2.4 MB in many objects. */
export function manyObjects(): string {
  return pod({ containers: Array(85_000).fill({ name: 'a', value: 'bcdef' }) });
}
