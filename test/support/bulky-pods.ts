// The most expensive pods for the prefilter: just within its bounds, and the largest that the API server accepts.
import type { JsonObject } from '../../src/core/json.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { PREFILTER_LIMITS } from '../../src/core/prefilter.ts';

const { containers: CONTAINERS, entries: ENTRIES, mounts: MOUNTS, characters: CHARACTERS } = PREFILTER_LIMITS;
const PART = ENTRIES / CONTAINERS;
const IMAGE = `r.example.com/${'elastic-searc/'.repeat(40)}`.slice(0, LIMITS.image.most - 1).concat('x');
const mounts = (at: number, length: number) =>
  list(MOUNTS / CONTAINERS, (index) => ({ name: 'v', mountPath: `/var/lib/${at}-${index}`.padEnd(length, 'm') }));

function podOf(container: (index: number) => object, count: number = CONTAINERS): JsonObject {
  const containers = Array.from({ length: count }, (_, index) => ({
    name: `c${index}`,
    image: 'registry.example.com/team/app:1.2.3',
    ...container(index),
  }));
  // The mount of a token in each container would count, too.
  const spec = { automountServiceAccountToken: false, containers };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bulky' }, spec };
}

const list = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index));
const variables = (count: number, length = 20) =>
  list(count, (index) => ({ name: `V${index}_`.padEnd(length, 'X'), value: 'x' }));

/** Pods by what there is most of; none has anything to do with a workload. */
export const BULKY: Readonly<Record<string, JsonObject>> = {
  'many variables': podOf(() => ({ env: variables(PART) })),
  'all variables in one container': podOf((index) => (index === 0 ? { env: variables(ENTRIES) } : {})),
  'long names of variables': podOf(() => ({ env: variables(PART, 2500) })),
  'many options': podOf(() => ({
    args: list(PART, (index) => `--flag.${index}=`.padEnd(Math.floor(CHARACTERS / ENTRIES), 'x')),
  })),
  'one long script': podOf((index) =>
    index === 0 ? { args: ['-c', '='.repeat(CHARACTERS - 4)], command: ['sh'] } : {},
  ),
  'many mounts': podOf((at) => ({ volumeMounts: mounts(at, 40) })),
  'long paths': podOf((at) => ({ volumeMounts: mounts(at, CHARACTERS / MOUNTS) })),
  'many ports': podOf((at) => ({ ports: list(PART, (index) => ({ containerPort: 10_000 + at * PART + index })) })),
  'long images': podOf(() => ({ image: IMAGE })),
  'all of it at once': podOf((at) => ({
    image: IMAGE,
    volumeMounts: mounts(at, CHARACTERS / MOUNTS / 2),
    env: variables(20, 40),
    args: list(20, (index) => `--flag.${index}=`.padEnd(CHARACTERS / CONTAINERS / 20 / 2, 'x')),
  })),
  'an image beyond all bounds': podOf(() => ({ image: `r.example.com/${'a'.repeat(100_000)}` })),
  'many labels and annotations': {
    ...podOf(() => ({})),
    metadata: {
      name: 'bulky',
      labels: Object.fromEntries(list(20_000, (index) => [`label-${index}`, 'x'])),
      annotations: Object.fromEntries(list(5000, (index) => [`example.com/a${index}`, 'x'])),
    },
  },
};

/** Just under 3 MiB of variables, the most that a request may have: beyond the bounds. */
export const LARGEST: JsonObject = podOf(() => ({ env: variables(2900, 26) }), 20);
