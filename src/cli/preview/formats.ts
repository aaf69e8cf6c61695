import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';
import { stringify } from 'yaml';
import type { JsonObject } from '../../core/json.ts';
import { paint, type Sink } from '../io.ts';
import type { DecidedInput, DecidedObject } from '../manifests/decided.ts';
import { applied } from '../yaml/pointer.ts';
import { type Part, rewrite } from '../yaml/rewrite.ts';
import { plainPod } from './plain-pod.ts';

type Input = Extract<DecidedInput, { ok: true }>;

/** The text of an input with its objects patched, document by document. */
export function rewritten({ manifests, objects }: Input): Part[] {
  const changes = new Map<number, { path: string; op: 'add'; value: DecidedObject['patch'][number]['value'] }[]>();
  for (const { document, pointer, patch } of objects) {
    const operations = patch.map((operation) => ({ ...operation, path: `${pointer}${operation.path}` }));
    if (operations.length > 0) changes.set(document, [...(changes.get(document) ?? []), ...operations]);
  }
  return rewrite(manifests, changes);
}

/** A unified diff that `patch -p0` understands; empty when nothing changes. */
export function diffOf(name: string, parts: readonly Part[], sink: Sink): string {
  const patch = structuredPatch(name, name, '', '', 'as it is', 'as the webhook makes it');
  let [oldLines, newLines] = [0, 0];
  // Document by document: the time to compare grows with the square of what changes.
  for (const { before, after } of parts) {
    const { hunks } = before === after ? { hunks: [] } : structuredPatch('', '', before, after, '', '', { context: 3 });
    for (const hunk of hunks) {
      patch.hunks.push({ ...hunk, oldStart: hunk.oldStart + oldLines, newStart: hunk.newStart + newLines });
    }
    oldLines += linesIn(before);
    newLines += linesIn(after);
  }
  if (patch.hunks.length === 0) return '';
  return formatPatch(patch, FILE_HEADERS_ONLY)
    .split('\n')
    .map((line) => coloured(sink, line))
    .join('\n');
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

function coloured(sink: Sink, line: string): string {
  if (/^(?:---|\+\+\+) /.test(line)) return paint(sink, 'bold', line);
  if (line.startsWith('@@')) return paint(sink, 'cyan', line);
  if (line.startsWith('+')) return paint(sink, 'green', line);
  return line.startsWith('-') ? paint(sink, 'red', line) : line;
}

/** One object as it is, several as a v1 List. */
export function jsonOf(objects: readonly DecidedObject[]): string {
  const patched = objects.map(({ object, patch }) => applied(object, patch));
  return `${JSON.stringify(patched.length === 1 ? patched[0] : list(patched), null, 2)}\n`;
}

function list(items: readonly JsonObject[]): unknown {
  return { apiVersion: 'v1', kind: 'List', items };
}

/** One line per object that changes: its JSON Patch, as `kubectl patch --type=json -p` takes it. */
export function patchesOf(objects: readonly DecidedObject[]): string {
  return objects.flatMap(({ patch }) => (patch.length > 0 ? [`${JSON.stringify(patch)}\n`] : [])).join('');
}

/** The pods that the objects make, as a YAML stream. */
export function podsOf(objects: readonly DecidedObject[]): string {
  const pods = objects.flatMap(({ identity, decisions }) => {
    return decisions.map(({ template }) => plainPod(template, identity));
  });
  return pods.map((pod) => stringify(pod, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
}
