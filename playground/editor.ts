import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Range, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import type { Problem } from './answer.ts';

/** Lines that facts speak of; the strong ones are those of one fact. */
export interface Marked {
  readonly first: number;
  readonly last: number;
  readonly isStrong: boolean;
}

/** An editor of a YAML text. */
export interface Editor {
  readonly text: () => string;
  readonly setText: (text: string) => void;
  readonly setLabel: (label: string, hint: string) => void;
  readonly setProblems: (problems: readonly Problem[]) => void;
  readonly mark: (lines: readonly Marked[]) => void;
  /** Shows a line, and with a column moves the cursor there. */
  readonly reveal: (line: number, column?: number) => void;
}

// Longer reaches would paint a whole manifest.
const MOST_LINES = 40;

const setMarks = StateEffect.define<readonly Marked[]>();

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(old, transaction) {
    const effect = transaction.effects.find((each) => each.is(setMarks));
    if (!effect) return transaction.docChanged ? Decoration.none : old;
    const { doc } = transaction.state;
    const ranges = (effect.value as readonly Marked[]).flatMap(({ first, last, isStrong }): Range<Decoration>[] => {
      const to = Math.min(last, first + MOST_LINES - 1, doc.lines);
      const lines = Array.from({ length: Math.max(0, to - first + 1) }, (_, index) => first + index);
      const line = Decoration.line({ class: isStrong ? 'fact strong' : 'fact' });
      return lines.map((number) => line.range(doc.line(number).from));
    });
    return Decoration.set(ranges, true);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Makes an editor; Tab leaves it, as everywhere on the page. */
export function createEditor(parent: HTMLElement, changed: () => void): Editor {
  const labels = new Compartment();
  const view = new EditorView({ parent, state: EditorState.create({ extensions: extensions(labels, changed) }) });
  return {
    text: () => view.state.doc.toString(),
    setText: (text) => {
      if (text === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 } });
      view.scrollDOM.scrollTop = 0;
    },
    setLabel: (label, hint) => {
      const attributes = EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' });
      view.dispatch({ effects: labels.reconfigure([attributes, placeholder(hint)]) });
    },
    setProblems: (problems) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.flatMap((each) => asked(view, each)),
        ),
      ),
    mark: (lines) =>
      view.dispatch({ effects: setMarks.of(lines.filter(({ first }) => first <= view.state.doc.lines)) }),
    reveal: (line, column) => {
      const at = offsetOf(view, line, column ?? 1);
      view.dispatch({
        effects: EditorView.scrollIntoView(at, { y: 'center' }),
        ...(column !== undefined && { selection: { anchor: at } }),
      });
      if (column !== undefined) view.focus();
    },
  };
}

function extensions(labels: Compartment, changed: () => void) {
  return [
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    search({ top: true }),
    yaml(),
    syntaxHighlighting(classHighlighter),
    keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, ...searchKeymap]),
    marks,
    labels.of([]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed();
    }),
  ];
}

function offsetOf(view: EditorView, line: number, column: number): number {
  const { from, to } = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
  return Math.min(to, from + column - 1);
}

function asked(view: EditorView, { sentence, line, column = 1 }: Problem): Diagnostic[] {
  if (line === undefined) return [];
  const from = offsetOf(view, line, column);
  const { to } = view.state.doc.lineAt(from);
  return [{ from, to: Math.max(from, to), severity: 'error', message: sentence }];
}
