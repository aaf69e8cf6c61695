import type { TemplateView } from '../answer.ts';
import type { Words } from '../words/words.ts';
import { h } from './dom.ts';
import { icon, moodOf } from './verdict.ts';

// More names than anybody reads; the list of a large chart stays quick.
const MOST = 200;

/** The pod templates of a manifest with their verdicts, to choose one of. */
export function templateList(
  templates: readonly TemplateView[],
  chosen: number,
  words: Words,
  choose: (index: number) => void,
): HTMLElement {
  const items = templates.slice(0, MOST).map((template, index) => {
    const mood = moodOf(template);
    const isChosen = index === chosen;
    const attributes = {
      type: 'button',
      class: mood,
      'aria-current': isChosen && 'true',
      onclick: () => choose(index),
    };
    return h(
      'li',
      {},
      h(
        'button',
        attributes,
        icon(mood),
        h('span', { class: 'name' }, template.name),
        h('span', { class: 'visually-hidden' }, `: ${words.labels[mood]}, `),
        h('code', { class: 'reason' }, template.reason),
      ),
    );
  });
  const rest = templates.length - items.length;
  return h(
    'nav',
    { class: 'templates', 'aria-label': words.labels.templates },
    h('ul', {}, ...items),
    rest > 0 && h('p', { class: 'muted' }, `${rest} ${words.labels.leftOut}`),
  );
}
