import { explanationJson } from '../src/cli/explain/records.ts';
import { diffOf, patchesOf, podsOf, rewritten } from '../src/cli/preview/formats.ts';
import type { TemplateTexts, Texts } from './answer.ts';
import { type Decided, MANIFEST } from './decide.ts';

const PLAIN = { write: () => {}, colour: false };

/** What `preview` and `explain` print of what was decided, in whole and template by template. */
export function textsOf(decided: Decided): Omit<Texts, 'installation'> {
  const parts = rewritten(decided);
  const diff = diffOf(MANIFEST, parts, PLAIN);
  const ofDocument = diffByDocument(
    diff,
    parts.map(({ before }) => before.split('\n').length - 1),
  );
  return {
    diff,
    yaml: parts.map(({ after }) => after).join(''),
    templates: decided.objects.flatMap((object) => {
      const { document } = object;
      const { after = '', printedAnew } = parts[document] ?? {};
      const changed = object.patch.length > 0;
      const shared = { diff: changed ? ofDocument(document) : '', yaml: after, patch: patchesOf([object]) };
      return object.decisions.map((decision): TemplateTexts => {
        const alone = { ...object, decisions: [decision] };
        const own = { pod: podsOf([alone]), record: explanationJson([alone]) };
        return { ...shared, ...own, ...(changed && printedAnew !== undefined && { printedAnew }) };
      });
    }),
  };
}

/** The hunks of a unified diff that lie in one of the documents of its text, which have so many lines. */
export function diffByDocument(diff: string, lines: readonly number[]): (document: number) => string {
  const [header = '', ...hunks] = diff.split(/^(?=@@ )/m);
  const ends: number[] = [];
  for (const count of lines) ends.push((ends.at(-1) ?? 0) + count);
  const documentOf = (hunk: string) => {
    const [, from = '1', count = '1'] = /^@@ -(\d+)(?:,(\d+))? /.exec(hunk) ?? [];
    const last = Number(from) + Math.max(0, Number(count) - 1);
    const found = ends.findIndex((end) => last <= end);
    return found === -1 ? lines.length - 1 : found;
  };
  const ofDocument = new Map<number, string[]>();
  for (const hunk of hunks) {
    const document = documentOf(hunk);
    ofDocument.set(document, [...(ofDocument.get(document) ?? []), hunk]);
  }
  return (document) => {
    const some = ofDocument.get(document) ?? [];
    return some.length === 0 ? '' : `${header}${some.join('')}`;
  };
}
