// What the page and its worker say to each other: plain data.
import type { Shared } from '../src/cli/share/shared.ts';
import type { Evidence } from '../src/core/decision.ts';
import type { Reason } from '../src/core/reasons.ts';
import type { Signal } from '../src/core/signals.ts';

/** What to decide on. */
export type Question = Shared;

/** What is wrong with a text, and where, as far as that is known; lines and columns count from 1. */
export interface Problem {
  readonly sentence: string;
  readonly line?: number;
  readonly column?: number;
}

/** A fact about a pod with its weight and the lines that state it. */
export interface Fact extends Omit<Evidence, 'value'> {
  readonly value: string;
  /** `+12`, `-2`, `veto`, or empty. */
  readonly points: string;
  /** Lines of the manifest, from 1; absent when an operator or the API server adds what is spoken of. */
  readonly lines?: { readonly first: number; readonly last: number };
}

/** What is decided on one pod template. */
export interface TemplateView {
  /** `Deployment web/elk`. */
  readonly name: string;
  /** `left`: the policy leaves alone what the webhook would patch. */
  readonly decision: 'patch' | 'skip' | 'left';
  readonly reason: Reason;
  /** The product, as people call it. */
  readonly product: string | null;
  readonly value: number | null;
  readonly strategy: string | null;
  readonly facts: readonly Fact[];
  readonly absent: readonly Signal[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /** The document, counted from 0. */
  readonly document: number;
}

/** What is decided on a manifest. */
export interface Answer {
  readonly problems: readonly Problem[];
  readonly configProblems: readonly Problem[];
  /** What kubectl puts up with and other readers do not. */
  readonly oddities: readonly Problem[];
  readonly templates: readonly TemplateView[];
  /** Objects that make no pods. */
  readonly others: number;
  /** Custom resources whose pods only their operator knows. */
  readonly operated: readonly string[];
}

/** What the plugin prints for one pod template. */
export interface TemplateTexts {
  readonly diff: string;
  readonly yaml: string;
  readonly patch: string;
  readonly pod: string;
  readonly record: string;
  /** Why the document had to be printed anew. */
  readonly printedAnew?: string;
}

/** What an installation gives the API server; empty where there is nothing to give. */
export interface Installation {
  readonly conditions: string;
  readonly policy: string;
}

/** What the plugin prints for the whole manifest, and for each of its templates. */
export interface Texts {
  readonly templates: readonly TemplateTexts[];
  readonly diff: string;
  readonly yaml: string;
  readonly installation: Installation;
}
