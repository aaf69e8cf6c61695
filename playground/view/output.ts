import type { Shared } from '../../src/cli/share/shared.ts';
import type { Installation, TemplateTexts, TemplateView, Texts } from '../answer.ts';
import type { Words } from '../words/words.ts';
import { code, copyButton } from './code.ts';
import { h } from './dom.ts';

/** The texts that the plugin prints, each a tab. */
export const OUTPUTS = ['diff', 'yaml', 'patch', 'pod', 'record'] as const;

/** One of {@link OUTPUTS}. */
export type Output = (typeof OUTPUTS)[number];

// The command that prints the same, with its flags.
const COMMANDS: Readonly<Record<Output, (flags: string) => string>> = {
  diff: (flags) => `kubectl max-map-count preview -f manifest.yaml${flags}`,
  yaml: (flags) => `kubectl max-map-count preview -f manifest.yaml${flags} -o yaml`,
  patch: (flags) => `kubectl max-map-count preview -f manifest.yaml${flags} -o patch`,
  pod: () => 'kubectl max-map-count preview -f manifest.yaml -o pod | kubectl create --dry-run=server -o yaml -f -',
  record: (flags) => `kubectl max-map-count explain -f manifest.yaml${flags} -o json`,
};

/** The texts that belong to the configuration, each a tab. */
export const INSTALLATION_OUTPUTS = ['conditions', 'policy'] as const satisfies readonly (keyof Installation)[];

/** One text of the configuration, with the command that prints it. */
export function installationOutput(
  kind: keyof Installation,
  { [kind]: text }: Installation,
  { config, strategy }: Pick<Shared, 'config' | 'strategy'>,
  words: Words,
): HTMLElement {
  const { labels } = words;
  const flags = config.trim() === '' ? '' : ' --config config.yaml';
  const command =
    kind === 'conditions'
      ? `kubectl max-map-count render match-conditions${flags}`
      : `kubectl max-map-count render admission-policy${flags}${strategy === 'node-affinity' ? ' --strategy node-affinity' : ''}`;
  return h(
    'div',
    { class: 'output' },
    h('p', { class: 'muted' }, kind === 'conditions' ? labels.conditionsText : labels.policyText),
    h(
      'p',
      { class: 'command' },
      h('code', { translate: 'no' }, command),
      text !== '' && copyButton(labels.copy, () => text, words),
    ),
    text === '' ? h('p', { class: 'none' }, labels.noPolicy) : code(text, 'yaml', words, labels[kind]),
  );
}

/** One text of a pod template, with the command that prints it. */
export function output(
  kind: Output,
  { strategy }: TemplateView,
  own: TemplateTexts,
  whole: Texts,
  words: Words,
): HTMLElement {
  const { labels } = words;
  const text = own[kind];
  const command = COMMANDS[kind](strategy === 'node-affinity' ? ' --strategy node-affinity' : '');
  const all = kind === 'diff' || kind === 'yaml' ? whole[kind] : text;
  return h(
    'div',
    { class: 'output' },
    h(
      'p',
      { class: 'command' },
      h('code', { translate: 'no' }, command),
      text !== '' && copyButton(labels.copy, () => text, words),
      text !== '' && all !== text && copyButton(labels.copyWhole, () => all, words),
    ),
    own.printedAnew !== undefined &&
      kind === 'yaml' &&
      h('p', { class: 'muted' }, labels.printedAnew, ' ', h('span', { lang: 'en' }, own.printedAnew)),
    text === ''
      ? h('p', { class: 'none' }, labels.noChange)
      : code(text, kind === 'diff' ? 'diff' : 'yaml', words, labels[kind]),
  );
}
