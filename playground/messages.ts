import type { Shareable } from '../src/cli/share/without-values.ts';
import type { Answer, Question, Texts } from './answer.ts';

/** What the page asks its worker. */
export interface Ask {
  readonly id: number;
  readonly what: 'decide' | 'redact';
  readonly question: Question;
}

/** What the worker tells. */
export type Tell =
  | { readonly id: number; readonly what: 'answered'; readonly answer: Answer }
  | { readonly id: number; readonly what: 'texts'; readonly texts: Texts }
  | { readonly id: number; readonly what: 'redacted'; readonly shareable: Shareable };
