import { spawnSync } from 'node:child_process';
import { codeOf, plain } from '../../input/plain.ts';
import type { Source } from './sources.ts';

const LARGEST = 16 * 1024 * 1024;

/** What `kubectl kustomize` makes of a directory: the kustomize of `kubectl apply -k`. */
export function kustomized(directory: string): Source {
  const name = `kustomize ${directory}`;
  const { error, status, stdout, stderr } = spawnSync('kubectl', ['kustomize', directory], {
    encoding: 'utf8',
    maxBuffer: LARGEST,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (codeOf(error) === 'ENOENT') {
    return {
      ok: false,
      name,
      problem: 'kubectl, which does this, is not on PATH: https://kubernetes.io/docs/tasks/tools',
    };
  }
  if (error) return { ok: false, name, problem: plain(error) };
  if (status !== 0)
    return {
      ok: false,
      name,
      problem: stderr
        .trim()
        .replace(/^error: /, '')
        .replace(/\s*\n\s*/g, ' '),
    };
  return { ok: true, name, text: stdout };
}
