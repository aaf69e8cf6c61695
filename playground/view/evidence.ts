import { THRESHOLD } from '../../src/core/signals.ts';
import type { Fact, TemplateView } from '../answer.ts';
import type { Words } from '../words/words.ts';
import { h } from './dom.ts';

/** What a row of evidence does to the manifest beside it. */
export interface Pointing {
  /** The pointer or the focus is on a fact, or on none. */
  readonly point: (fact: Fact | undefined) => void;
  readonly show: (fact: Fact) => void;
}

/** The facts about one pod template with their points, and what was not found. */
export function evidence({ facts, absent }: TemplateView, words: Words, pointing: Pointing): HTMLElement {
  const { labels } = words;
  if (facts.length === 0) {
    return h('div', { class: 'evidence' }, h('p', { class: 'none' }, labels.noSignal), missing(absent, words));
  }
  const heads = [labels.signal, labels.container, labels.found, labels.where, labels.points];
  const head = h('tr', { role: 'row' }, ...heads.map((text) => h('th', { role: 'columnheader', scope: 'col' }, text)));
  return h(
    'div',
    { class: 'evidence' },
    // The roles stay when a narrow page lays the rows out as blocks.
    h(
      'table',
      { role: 'table', 'aria-label': labels.why },
      h('thead', { role: 'rowgroup' }, head),
      h('tbody', { role: 'rowgroup' }, ...facts.map((fact) => row(fact, words, pointing))),
    ),
    h('p', { class: 'threshold' }, words.fromPoints(THRESHOLD)),
    missing(absent, words),
  );
}

function row(fact: Fact, words: Words, { point, show }: Pointing): HTMLElement {
  const { signal, container, path, value, points, lines } = fact;
  const { labels } = words;
  const button = { type: 'button', class: 'link', title: `${labels.showLines}: ${path}`, onclick: () => show(fact) };
  const where = lines
    ? h('button', { ...button, onfocus: () => point(fact), onblur: () => point(undefined) }, words.line(lines.first))
    : h('span', { class: 'muted' }, labels.added);
  const cell = (label: string, ...children: (Node | string)[]) =>
    h('td', { role: 'cell', 'data-label': label }, ...children);
  return h(
    'tr',
    { role: 'row', 'data-path': path, onmouseenter: () => point(fact), onmouseleave: () => point(undefined) },
    cell(labels.signal, h('code', { class: 'signal' }, signal), h('span', { class: 'meaning' }, words.signals[signal])),
    cell(labels.container, container === null ? h('span', { class: 'muted' }, labels.wholePod) : container),
    cell(labels.found, h('code', { class: 'value' }, value)),
    cell(labels.where, where),
    cell(labels.points, h('span', { class: `points ${toneOf(points)}` }, points.replace('-', '−'))),
  );
}

function toneOf(points: string): string {
  if (points.startsWith('+')) return 'for';
  return points === '' ? '' : 'against';
}

function missing(absent: TemplateView['absent'], words: Words): HTMLElement {
  const items = absent.map((signal) =>
    h('li', {}, h('code', {}, signal), ' ', h('span', { class: 'meaning' }, words.signals[signal])),
  );
  return h('details', {}, h('summary', {}, `${words.labels.looked} (${absent.length})`), h('ul', {}, ...items));
}
