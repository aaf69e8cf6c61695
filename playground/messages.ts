import type { Shareable } from '../src/cli/share/without-values.ts';
import type { Judgement, Question, Texts } from './judgement.ts';

/** What the page asks its worker. */
export interface Ask {
  readonly id: number;
  readonly what: 'judge' | 'redact';
  readonly question: Question;
}

/** What the worker tells. */
export type Tell =
  | { readonly id: number; readonly what: 'judged'; readonly judgement: Judgement }
  | { readonly id: number; readonly what: 'texts'; readonly texts: Texts }
  | { readonly id: number; readonly what: 'redacted'; readonly shareable: Shareable };
