import type { Answer, Problem } from '../answer.ts';
import type { Words } from '../words/words.ts';
import { h } from './dom.ts';

/** Which text a problem is in. */
export type Where = 'manifest' | 'config';

/** Moves the cursor to a problem. */
export type GoTo = (where: Where, line: number, column: number) => void;

/** What is wrong with the texts, each with a way to its place. */
export function problems(answer: Answer, words: Words, goTo: GoTo): HTMLElement[] {
  const { labels } = words;
  const { operated } = answer;
  return [
    ...block('bad', labels.configProblems, answer.configProblems, 'config', words, goTo),
    ...block('bad', labels.problems, answer.problems, 'manifest', words, goTo),
    ...block('odd', labels.oddities, answer.oddities, 'manifest', words, goTo),
    ...(operated.length === 0
      ? []
      : [h('section', { class: 'problems odd' }, h('h2', {}, labels.operated), h('p', {}, operated.join(', ')))]),
  ];
}

const MOST = 20;

function block(
  kind: 'bad' | 'odd',
  title: string,
  some: readonly Problem[],
  where: Where,
  words: Words,
  goTo: GoTo,
): HTMLElement[] {
  if (some.length === 0) return [];
  const items = some.slice(0, MOST).map(({ sentence, line, column = 1 }) => {
    const text = h('span', { lang: 'en' }, sentence);
    if (line === undefined) return h('li', {}, text);
    const onclick = () => goTo(where, line, column);
    return h('li', {}, h('button', { type: 'button', class: 'link', onclick }, words.at(line, column)), ' ', text);
  });
  const rest = some.length - items.length;
  return [
    h(
      'section',
      { class: `problems ${kind}` },
      h('h2', {}, title),
      h('ul', {}, ...items),
      rest > 0 && h('p', {}, `${rest} ${words.labels.leftOut}`),
    ),
  ];
}
