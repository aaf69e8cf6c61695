import { get, isObject } from '../../src/core/json.ts';
import type { Operation } from '../../src/core/operation.ts';

/** What a patch does in a few words, as the name of a file: `init-container-262144-first-annotated`. */
export function patchShape(patch: readonly Operation[]): string {
  const applied = /"(init-container|node-affinity)=(\d+)"/.exec(JSON.stringify(patch.at(-1)?.value));
  return [applied?.[1] ?? 'unknown', applied?.[2] ?? '', ...patch.flatMap(wordsOf)].join('-');
}

function wordsOf({ path, value }: Operation): string[] {
  if (path === '/spec/initContainers') return resourceWords(Array.isArray(value) ? value[0] : undefined);
  if (path === '/spec/initContainers/0') return ['first', ...resourceWords(value)];
  if (path.startsWith('/spec/affinity')) return affinityWords(path, JSON.stringify(value));
  return path.startsWith('/metadata/annotations/') ? ['annotated'] : [];
}

// Such as `requests-cpu-1-memory-4Gi`.
function resourceWords(container: unknown): string[] {
  const resources = get(container, 'resources');
  return isObject(resources)
    ? [
        JSON.stringify(resources)
          .replace(/[^\w.]+/g, '-')
          .slice(1, -1),
      ]
    : [];
}

function affinityWords(path: string, value: string): string[] {
  const term = /nodeSelectorTerms\/(\d+)\/matchExpressions(\/-)?$/.exec(path);
  if (term) return [`term-${term[1]}`, ...(term[2] === undefined ? ['first-expression'] : [])];
  const parents = path.includes('/nodeAffinity/') ? 'within-node-affinity' : 'within-affinity';
  return [
    ...(`${path}${value}`.includes('preferredDuringScheduling') ? ['preferred'] : []),
    ...(path === '/spec/affinity' ? [] : [parents]),
  ];
}
