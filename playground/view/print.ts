import type { Answer, Texts } from '../answer.ts';
import type { Words } from '../words/words.ts';
import { h } from './dom.ts';
import { evidence } from './evidence.ts';
import { verdict } from './verdict.ts';

// An editor draws only what is seen of it, and a page of results only one template: paper gets all.
const MOST = 50;

/** The manifest and every verdict, for paper. */
export function printed(manifest: string, answer: Answer, texts: Texts | undefined, words: Words): HTMLElement[] {
  const nothing = { point: () => {}, show: () => {} };
  return [
    h('h1', {}, words.labels.title),
    ...answer.templates
      .slice(0, MOST)
      .map((template, index) =>
        h(
          'section',
          {},
          verdict(template, words),
          evidence(template, words, nothing),
          h('pre', { class: 'code' }, texts?.templates[index]?.diff ?? ''),
        ),
      ),
    h('h2', {}, words.labels.printTitle),
    h('pre', { class: 'code' }, manifest),
  ];
}
