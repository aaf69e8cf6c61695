import type { TemplateView } from '../answer.ts';
import type { Words } from '../words/words.ts';
import { h } from './dom.ts';

/** Which of three colours and words a verdict has. */
export type Mood = 'patched' | 'alone' | 'aloneWarned';

/** The mood of a verdict. */
export function moodOf({ decision, warnings }: TemplateView): Mood {
  if (decision === 'patch') return 'patched';
  if (decision === 'left') return 'aloneWarned';
  return warnings.length > 0 ? 'aloneWarned' : 'alone';
}

/** The verdict in one or two sentences. */
function sentenceOf({ decision, reason, product, value, strategy }: TemplateView, words: Words): string {
  if (decision === 'left') return words.labels.leftByPolicy;
  if (strategy !== 'init-container' && strategy !== 'node-affinity') return words.reasons[reason];
  return product === null || value === null
    ? words.reasons[reason]
    : `${words.needs(product, value)} ${words.gets[strategy]}`;
}

/** The verdict on one pod template: the sentence first, then what its author should know. */
export function verdict(template: TemplateView, words: Words): HTMLElement {
  const { name, reason, warnings, notes, decision } = template;
  const mood = moodOf(template);
  const { labels } = words;
  // The first warning of a patch only announces it.
  const told = decision === 'skip' ? warnings : warnings.slice(1);
  return h(
    'article',
    { class: `verdict ${mood}`, 'data-decision': decision, 'data-reason': reason },
    h(
      'header',
      {},
      h('h2', {}, icon(mood), labels[mood]),
      h('code', { class: 'reason', title: words.reasons[reason] }, reason),
    ),
    h('p', { class: 'name' }, name),
    h('p', { class: 'sentence' }, sentenceOf(template, words)),
    told.length > 0 && remarks(told.map(withoutSpeaker), labels.warning, 'warning'),
    notes.length > 0 && remarks(notes, labels.note, 'note'),
    h('p', { class: 'hint' }, h('strong', {}, labels.whatChanges), ' ', words.hints[reason]),
  );
}

function withoutSpeaker(warning: string): string {
  return warning.replace(/^max-map-count: /, '');
}

function remarks(texts: readonly string[], label: string, kind: string): HTMLElement {
  const items = texts.map((text) => h('li', {}, h('strong', {}, label), ' ', h('span', { lang: 'en' }, text)));
  return h('ul', { class: `remarks ${kind}` }, ...items);
}

const PATHS: Readonly<Record<Mood, string>> = {
  patched: 'M4 8.5l2.7 2.7L12 5.6',
  alone: 'M4.5 8h7',
  aloneWarned: 'M8 4.2v4.6M8 11.2v.6',
};

/** The sign of a mood. */
export function icon(mood: Mood): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `icon ${mood}`);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', PATHS[mood]);
  svg.append(path);
  return svg;
}
