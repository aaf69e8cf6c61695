import { yamlLanguage } from '@codemirror/lang-yaml';
import { classHighlighter, highlightCode } from '@lezer/highlight';
import type { Words } from '../words/words.ts';
import { fill, h } from './dom.ts';

// Beyond this a browser takes its time to lay the text out; who wants more asks for it.
const SHOWN = 200_000;

/** A text to read and to copy: coloured YAML or JSON, or a diff. */
export function code(text: string, kind: 'yaml' | 'diff', words: Words, label: string): HTMLElement {
  const colour = kind === 'diff' ? diffLines : yamlTokens;
  const pre = h('pre', { class: `code ${kind}`, tabindex: 0, role: 'region', 'aria-label': label, translate: 'no' });
  fill(pre, ...colour(text.slice(0, SHOWN)));
  if (text.length <= SHOWN) return pre;
  const more = h('button', { type: 'button', class: 'quiet', onclick: () => showAll() }, words.labels.showMore);
  const whole = h('div', {}, pre, more);
  const showAll = () => {
    fill(pre, text);
    more.remove();
    pre.focus();
  };
  return whole;
}

function yamlTokens(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  highlightCode(
    text,
    yamlLanguage.parser.parse(text),
    classHighlighter,
    (token, classes) => parts.push(classes === '' ? token : h('span', { class: classes }, token)),
    () => parts.push('\n'),
  );
  return parts;
}

function diffLines(text: string): (Node | string)[] {
  return text.split(/(?<=\n)/).map((line) => {
    const kind = kindOf(line);
    return kind === undefined ? line : h('span', { class: kind }, line);
  });
}

function kindOf(line: string): string | undefined {
  if (line.startsWith('---') || line.startsWith('+++')) return 'file';
  if (line.startsWith('@@')) return 'hunk';
  if (line.startsWith('+')) return 'plus';
  return line.startsWith('-') ? 'minus' : undefined;
}

/** A button that copies a text, and says so. */
export function copyButton(label: string, text: () => string, words: Words): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'quiet copy' }, label);
  button.addEventListener('click', async () => {
    await copy(text());
    button.textContent = words.labels.copied;
    setTimeout(() => {
      button.textContent = label;
    }, 1500);
  });
  return button;
}

// A page from disk may not have navigator.clipboard; the older way works from a click.
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h('textarea', { class: 'visually-hidden', 'aria-hidden': 'true' }, text);
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}
