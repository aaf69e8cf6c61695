import { fill, h } from './dom.ts';

const PADDING = 24;

/** One tab: what it is called inside and on the page. */
export interface Tab<Name extends string> {
  readonly name: Name;
  readonly label: string;
}

/**
 * Makes a list of tabs by the pattern of WAI-ARIA: arrow keys, Home and End choose, and one tab is in the order of Tab.
 * Returns what labels and chooses them anew.
 */
export function tabs<Name extends string>(
  list: HTMLElement,
  panel: (name: Name) => string,
  choose: (name: Name) => void,
): (tabs: readonly Tab<Name>[], chosen: Name) => void {
  list.setAttribute('role', 'tablist');
  list.addEventListener('keydown', (event) => {
    const buttons = [...list.querySelectorAll('button')];
    const index = buttons.indexOf(event.target as HTMLButtonElement);
    const next = nextOf(event.key, index, buttons.length);
    if (index === -1 || next === undefined) return;
    event.preventDefault();
    buttons[next]?.click();
    list.querySelectorAll('button')[next]?.focus();
  });
  return (all, chosen) => {
    const focused = list.contains(document.activeElement);
    const made = all.map(({ name, label }) => tabOf({ name, label }, name === chosen, panel(name), choose));
    fill(list, ...made);
    const selected = made.find((button) => button.getAttribute('aria-selected') === 'true');
    if (focused) selected?.focus();
    // A narrow page shows some of the tabs at a time, and always the chosen one.
    if (selected) list.scrollLeft = selected.offsetLeft + selected.offsetWidth + PADDING - list.clientWidth;
  };
}

function tabOf<Name extends string>(
  { name, label }: Tab<Name>,
  chosen: boolean,
  panel: string,
  choose: (name: Name) => void,
): HTMLButtonElement {
  const onclick = () => choose(name);
  const attributes = { type: 'button', role: 'tab', id: `tab-${name}`, 'data-tab': name, 'aria-controls': panel };
  return h('button', { ...attributes, 'aria-selected': String(chosen), tabindex: chosen ? 0 : -1, onclick }, label);
}

function nextOf(key: string, index: number, count: number): number | undefined {
  if (key === 'ArrowRight') return (index + 1) % count;
  if (key === 'ArrowLeft') return (index + count - 1) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}
