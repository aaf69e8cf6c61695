// The page: two editors, a few choices, and what the webhook makes of them.
import { sharedIn } from '../src/cli/share/link.ts';
import { ENGINES, LEVELS, type Level, type Shared, STRATEGIES_OF, strategyFor } from '../src/cli/share/shared.ts';
import { createDecider } from './decide-client.ts';
import { createEditor, type Editor } from './editor.ts';
import { type Example, examplesIn } from './examples.ts';
import { nextTheme, remember, remembered, type Theme } from './preferences.ts';
import { createResults } from './results.ts';
import { byId, fill, h } from './view/dom.ts';
import { printed } from './view/print.ts';
import { openShare } from './view/share-dialog.ts';
import { tabs } from './view/tabs.ts';
import { en } from './words/en.ts';
import type { LabelName, Words } from './words/words.ts';
import { zh } from './words/zh.ts';

// Decided while typing, once the fingers rest.
const REST_MS = 60;

const examples = examplesIn(byId('examples', HTMLElement).textContent ?? '[]');
const exampleSelect = byId('example', HTMLSelectElement);
const levelSelect = byId('level', HTMLSelectElement);
const strategySelect = byId('strategy', HTMLSelectElement);
const engineSelect = byId('engine', HTMLSelectElement);
const panes = { manifest: byId('manifest', HTMLElement), config: byId('config', HTMLElement) };
const notice = byId('notice', HTMLElement);

let words = remembered('language') === null ? preferred() : remembered('language') === 'zh' ? zh : en;
let theme: Theme = themeFrom(remembered('theme'));
let pane: keyof typeof panes = 'manifest';
let timer: ReturnType<typeof setTimeout> | undefined;
let isFilling = false;

const edited = () => {
  if (isFilling) return;
  notice.hidden = true;
  exampleSelect.value = '';
  later();
};
const manifest = createEditor(panes.manifest, edited);
const config = createEditor(panes.config, edited);
const editors: Record<keyof typeof panes, Editor> = { manifest, config };

const results = createResults(words, {
  goTo: (where, line, column) => {
    showPane(where);
    editors[where].reveal(line, column);
  },
  mark: (facts, strong) => {
    manifest.mark(facts.flatMap((fact) => (fact.lines ? [{ ...fact.lines, isStrong: fact === strong }] : [])));
  },
  asked: current,
  show: ({ lines }) => {
    showPane('manifest');
    if (lines) manifest.reveal(lines.first, 1);
  },
});

const decider = createDecider(byId('worker', HTMLElement).textContent ?? '', {
  answered: (answer) => {
    manifest.setProblems(answer.problems);
    config.setProblems(answer.configProblems);
    results.answered(answer);
  },
  texts: results.texts,
  stopped: results.stopped,
});

function current(): Shared {
  const level = levelSelect.value as Level;
  const strategy = strategyFor(level, strategySelect.value);
  const engine = ENGINES.find((each) => each === engineSelect.value) ?? ENGINES[0];
  return { manifest: manifest.text(), config: config.text(), level, strategy, engine };
}

function later(): void {
  clearTimeout(timer);
  timer = setTimeout(now, REST_MS);
}

function now(): void {
  clearTimeout(timer);
  results.deciding();
  decider.ask(current());
}

function show(shared: Shared, name = ''): void {
  isFilling = true;
  manifest.setText(shared.manifest);
  config.setText(shared.config);
  isFilling = false;
  levelSelect.value = shared.level;
  engineSelect.value = shared.engine;
  drawStrategies(shared.strategy);
  exampleSelect.value = name;
  now();
}

async function showHash(): Promise<boolean> {
  if (location.hash.length < 2) return false;
  const shared = await sharedIn(location.hash);
  notice.hidden = shared !== undefined;
  if (shared) show(shared);
  return shared !== undefined;
}

const drawPanes = tabs<keyof typeof panes>(byId('panes', HTMLElement), (name) => name, showPane);

function showPane(name: keyof typeof panes): void {
  pane = name;
  for (const [each, element] of Object.entries(panes)) element.hidden = each !== name;
  drawPanes(
    [
      { name: 'manifest', label: words.labels.manifest },
      { name: 'config', label: words.labels.configuration },
    ],
    pane,
  );
}

function drawStrategies(wanted: string): void {
  const level = levelSelect.value as Level;
  fill(strategySelect, ...STRATEGIES_OF[level].map((each) => h('option', { value: each }, words.strategies[each])));
  strategySelect.value = strategyFor(level, wanted);
}

function titleOf({ name }: Example): string {
  return name === 'article' ? words.labels.exampleArticle : `${name}: ${words.examples[name] ?? ''}`;
}

function drawChoices(): void {
  const [example, level, engine] = [exampleSelect.value, levelSelect.value, engineSelect.value];
  const options = examples.map((one) => h('option', { value: one.name }, titleOf(one)));
  fill(exampleSelect, h('option', { value: '', disabled: true }, words.labels.exampleOwn), ...options);
  exampleSelect.value = example;
  fill(levelSelect, ...LEVELS.map((each) => h('option', { value: each }, words.levels[each])));
  levelSelect.value = level || 'privileged';
  fill(engineSelect, ...ENGINES.map((each) => h('option', { value: each }, words.engines[each])));
  engineSelect.value = engine || 'webhook';
  drawStrategies(strategySelect.value);
}

function setWords(next: Words): void {
  words = next;
  document.documentElement.lang = words.lang;
  for (const element of document.querySelectorAll<HTMLElement>('[data-word]')) {
    element.textContent = words.labels[element.dataset.word as LabelName];
  }
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]')) {
    if (element.dataset.label)
      element.setAttribute('aria-label', words.labels[element.dataset.label as LabelName] ?? '');
  }
  manifest.setLabel(words.labels.manifestEditor, words.labels.nothing);
  config.setLabel(words.labels.configurationEditor, words.labels.emptyConfig);
  drawChoices();
  showPane(pane);
  results.setWords(words);
  setTheme(theme);
}

function setTheme(next: Theme): void {
  theme = next;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const { labels } = words;
  const name = { system: labels.themeSystem, light: labels.themeLight, dark: labels.themeDark }[theme];
  const button = byId('theme', HTMLButtonElement);
  button.dataset.theme = theme;
  button.setAttribute('aria-label', `${labels.theme}: ${name}`);
  button.title = `${labels.theme}: ${name}`;
}

function themeFrom(value: string | null): Theme {
  return value === 'light' || value === 'dark' ? value : 'system';
}

function preferred(): Words {
  return navigator.languages.find((tag) => /^(?:zh|en)\b/.test(tag))?.startsWith('zh') ? zh : en;
}

exampleSelect.addEventListener('change', () => {
  const example = examples.find(({ name }) => name === exampleSelect.value);
  notice.hidden = true;
  if (example) show(example, example.name);
});
levelSelect.addEventListener('change', () => {
  drawStrategies('');
  now();
});
strategySelect.addEventListener('change', now);
engineSelect.addEventListener('change', now);
byId('language', HTMLButtonElement).addEventListener('click', () => {
  setWords(words === en ? zh : en);
  remember('language', words === en ? 'en' : 'zh');
});
byId('theme', HTMLButtonElement).addEventListener('click', () => {
  setTheme(nextTheme(theme));
  remember('theme', theme);
});
byId('share', HTMLButtonElement).addEventListener('click', () => {
  void openShare(byId('share-dialog', HTMLDialogElement), current(), decider.redact, words);
});
byId('licences', HTMLButtonElement).addEventListener('click', () =>
  byId('licences-dialog', HTMLDialogElement).showModal(),
);
byId('licences-close', HTMLButtonElement).addEventListener('click', () =>
  byId('licences-dialog', HTMLDialogElement).close(),
);
window.addEventListener('hashchange', () => void showHash());
window.addEventListener('beforeprint', () => {
  const { answer, texts } = results.current();
  fill(byId('print', HTMLElement), ...printed(manifest.text(), answer, texts, words));
});

setWords(words);
void showHash().then((isShown) => {
  const [first] = examples;
  if (!isShown && first) show(first, first.name);
});
