import { hashOf, LONGEST_LINK } from '../../src/cli/share/link.ts';
import type { Shared } from '../../src/cli/share/shared.ts';
import type { Redact } from '../decide-client.ts';
import type { Words } from '../words/words.ts';
import { copyButton } from './code.ts';
import { fill, h } from './dom.ts';

// Chat programs and issue trackers begin to cut here.
const LONG = 8000;

/** Opens the dialog that makes a link of what the page shows. */
export async function openShare(
  dialog: HTMLDialogElement,
  shared: Shared,
  redact: Redact,
  words: Words,
): Promise<void> {
  const { labels } = words;
  const hide = h('input', { type: 'checkbox', id: 'hide-values', checked: true });
  const link = h('textarea', { readonly: true, rows: 4, id: 'link', translate: 'no', spellcheck: 'false' });
  const remark = h('p', { class: 'muted', role: 'status' });
  const update = async () => {
    const made = hide.checked ? await withoutValues(shared, redact, words) : { shared, remarks: [] };
    const url = made.shared ? `${location.href.split('#')[0]}${await hashOf(made.shared)}` : '';
    link.value = url.length > LONGEST_LINK ? '' : url;
    const long = url.length > LONG ? [words.length(url.length), labels.longLink] : [];
    fill(remark, [...made.remarks, ...long].join(' '));
  };
  hide.addEventListener('change', update);
  fill(
    dialog,
    h('h2', { id: 'share-title' }, labels.shareTitle),
    h('p', {}, labels.shareText),
    h('p', { class: 'check' }, hide, h('label', { for: 'hide-values' }, labels.shareRedact)),
    h('label', { for: 'link', class: 'small' }, labels.shareLink),
    link,
    remark,
    h(
      'p',
      { class: 'buttons' },
      h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, labels.close),
      primary(copyButton(labels.shareCopy, () => link.value, words)),
    ),
  );
  await update();
  dialog.showModal();
  link.select();
}

function primary(button: HTMLButtonElement): HTMLButtonElement {
  button.classList.replace('quiet', 'primary');
  return button;
}

async function withoutValues(
  shared: Shared,
  redact: Redact,
  words: Words,
): Promise<{ shared?: Shared; remarks: string[] }> {
  const result = await redact(shared);
  if (!result?.ok) return { remarks: [words.labels.noRedact] };
  const hidden = result.values + result.documents > 0 ? [words.hidden(result.values, result.documents)] : [];
  const differs = result.isDecidedAlike === false ? [words.labels.notAlike] : [];
  return { shared: { ...shared, manifest: result.text }, remarks: [...hidden, ...differs] };
}
