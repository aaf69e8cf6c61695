import type { Shared } from '../src/cli/share/shared.ts';
import type { Answer, Fact, Installation, TemplateView, Texts } from './answer.ts';
import { byId, fill, h } from './view/dom.ts';
import { evidence } from './view/evidence.ts';
import { INSTALLATION_OUTPUTS, installationOutput, OUTPUTS, type Output, output } from './view/output.ts';
import { type GoTo, problems } from './view/problems.ts';
import { tabs } from './view/tabs.ts';
import { templateList } from './view/templates.ts';
import { moodOf, verdict } from './view/verdict.ts';
import type { Words } from './words/words.ts';

type TabName = 'why' | Output | keyof Installation;

/** What the results ask of the rest of the page. */
export interface Around {
  readonly goTo: GoTo;
  /** The facts of the template that is shown, and the one that is pointed at. */
  readonly mark: (facts: readonly Fact[], strong: Fact | undefined) => void;
  readonly show: (fact: Fact) => void;
  readonly asked: () => Pick<Shared, 'config' | 'strategy'>;
}

/** The right half of the page. */
export interface Results {
  readonly deciding: () => void;
  readonly answered: (answer: Answer) => void;
  readonly texts: (texts: Texts) => void;
  readonly stopped: () => void;
  readonly setWords: (words: Words) => void;
  readonly current: () => { readonly answer: Answer; readonly texts: Texts | undefined };
}

const EMPTY: Answer = { problems: [], configProblems: [], oddities: [], templates: [], others: 0, operated: [] };

/** Shows what was decided: the problems, the templates, the verdict on one of them, and its tabs. */
export function createResults(first: Words, around: Around): Results {
  const status = byId('status', HTMLElement);
  const problemsRoot = byId('problems', HTMLElement);
  const list = byId('templates', HTMLElement);
  const verdictRoot = byId('verdict', HTMLElement);
  const panel = byId('output', HTMLElement);
  const root = byId('results', HTMLElement);
  let words = first;
  let answer = EMPTY;
  let texts: Texts | undefined;
  let chosen = 0;
  let tab: TabName = 'why';
  let shownTab: TabName = tab;

  const template = (): TemplateView | undefined => answer.templates[chosen];
  const setTabs = tabs<TabName>(
    byId('tabs', HTMLElement),
    () => 'output',
    (name) => {
      tab = name;
      drawTabs();
      drawPanel();
    },
  );
  const drawTabs = () => {
    const installation = answer.configProblems.length > 0 ? [] : INSTALLATION_OUTPUTS;
    const all: TabName[] = [...(template() ? (['why', ...OUTPUTS] as const) : []), ...installation];
    const [first] = all;
    // What somebody chose comes back with the next template; until then the first that there is.
    shownTab = all.includes(tab) ? tab : (first ?? tab);
    setTabs(
      all.map((name) => ({ name, label: words.labels[name] })),
      shownTab,
    );
    panel.setAttribute('aria-labelledby', `tab-${shownTab}`);
    panel.hidden = all.length === 0;
  };
  const drawPanel = () => {
    const shown = template();
    const own = texts?.templates[chosen];
    panel.dataset.tab = shownTab;
    if (shownTab === 'conditions' || shownTab === 'policy') drawInstallation(shownTab);
    else if (!shown) fill(panel);
    else if (shownTab === 'why') fill(panel, evidence(shown, words, pointing(shown)));
    else if (texts && own) fill(panel, output(shownTab, shown, own, texts, words));
    else fill(panel, h('p', { class: 'none' }, words.labels.deciding));
  };
  const drawInstallation = (kind: keyof Installation) => {
    const own = texts?.installation;
    fill(
      panel,
      own ? installationOutput(kind, own, around.asked(), words) : h('p', { class: 'none' }, words.labels.deciding),
    );
  };
  const pointing = (shown: TemplateView) => ({
    point: (fact: Fact | undefined) => around.mark(shown.facts, fact),
    show: around.show,
  });
  const drawVerdict = () => {
    const shown = template();
    const { templates } = answer;
    fill(list, templates.length > 1 && templateList(templates, chosen, words, choose));
    fill(verdictRoot, shown && verdict(shown, words));
    around.mark(shown?.facts ?? [], undefined);
    document.title = shown
      ? `${shown.name}: ${words.labels[moodOf(shown)]} · ${words.labels.title}`
      : words.labels.title;
  };
  const choose = (index: number) => {
    chosen = index;
    drawVerdict();
    drawPanel();
    list.querySelectorAll('button')[index]?.focus();
  };
  const draw = () => {
    status.textContent = statusOf(answer, words);
    fill(problemsRoot, ...problems(answer, words, around.goTo));
    drawVerdict();
    drawTabs();
    drawPanel();
  };
  return {
    deciding: () => root.setAttribute('aria-busy', 'true'),
    answered: (now) => {
      const before = template()?.name;
      const same = now.templates.findIndex(({ name }) => name === before);
      [answer, texts, chosen] = [now, undefined, Math.max(0, same)];
      draw();
    },
    texts: (now) => {
      texts = now;
      root.setAttribute('aria-busy', 'false');
      if (shownTab !== 'why') drawPanel();
    },
    stopped: () => {
      root.setAttribute('aria-busy', 'false');
      status.textContent = words.labels.tooLong;
      // What was decided in time stays; without it nothing of an older manifest may.
      if (shownTab !== 'why' && !texts) fill(panel, h('p', { class: 'none' }, words.labels.tooLong));
    },
    setWords: (now) => {
      words = now;
      draw();
    },
    current: () => ({ answer, texts }),
  };
}

function statusOf({ templates, others, problems, configProblems }: Answer, words: Words): string {
  const { labels } = words;
  if (configProblems.length > 0) return labels.configProblems;
  const changed = templates.filter(({ decision }) => decision === 'patch').length;
  if (templates.length > 0) return words.tally(changed, templates.length - changed, others);
  if (problems.length > 0) return labels.problems;
  return others > 0 ? labels.noPods : labels.nothing;
}
