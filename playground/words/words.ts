import type { Engine, Level } from '../../src/cli/share/shared.ts';
import type { AllowedStrategy, Strategy } from '../../src/core/decision.ts';
import type { Reason } from '../../src/core/reasons.ts';
import type { Signal } from '../../src/core/signals.ts';

/** Everything that the page says, in one language. */
export interface Words {
  /** The tag of the language, for `lang`. */
  readonly lang: string;
  readonly labels: Labels;
  readonly levels: Readonly<Record<Level, string>>;
  readonly engines: Readonly<Record<Engine, string>>;
  readonly strategies: Readonly<Record<AllowedStrategy, string>>;
  readonly reasons: Readonly<Record<Reason, string>>;
  readonly hints: Readonly<Record<Reason, string>>;
  readonly signals: Readonly<Record<Signal, string>>;
  /** A name in a few words for each verdict, for the list of examples. */
  readonly examples: Readonly<Record<string, string>>;
  readonly tally: (changed: number, unchanged: number, others: number) => string;
  readonly needs: (product: string, value: number) => string;
  readonly gets: Readonly<Record<Strategy, string>>;
  readonly fromPoints: (threshold: number) => string;
  readonly line: (line: number) => string;
  readonly at: (line: number, column: number) => string;
  readonly length: (characters: number) => string;
  readonly hidden: (values: number, documents: number) => string;
}

/** The fixed texts of the page; `data-word` in its HTML names one of them. */
export type Labels = Readonly<Record<LabelName, string>>;

/** The name of a fixed text. */
export type LabelName =
  | 'title'
  | 'engine'
  | 'conditions'
  | 'conditionsText'
  | 'policy'
  | 'policyText'
  | 'noPolicy'
  | 'leftByPolicy'
  | 'tagline'
  | 'skip'
  | 'theme'
  | 'themeSystem'
  | 'themeLight'
  | 'themeDark'
  | 'share'
  | 'example'
  | 'exampleArticle'
  | 'exampleOwn'
  | 'level'
  | 'strategy'
  | 'settings'
  | 'manifest'
  | 'configuration'
  | 'manifestEditor'
  | 'configurationEditor'
  | 'results'
  | 'templates'
  | 'patched'
  | 'alone'
  | 'aloneWarned'
  | 'why'
  | 'diff'
  | 'yaml'
  | 'patch'
  | 'pod'
  | 'record'
  | 'signal'
  | 'container'
  | 'found'
  | 'where'
  | 'points'
  | 'wholePod'
  | 'looked'
  | 'noSignal'
  | 'whatChanges'
  | 'warning'
  | 'note'
  | 'copy'
  | 'copied'
  | 'copyWhole'
  | 'nothing'
  | 'noPods'
  | 'noChange'
  | 'deciding'
  | 'tooLong'
  | 'problems'
  | 'configProblems'
  | 'oddities'
  | 'operated'
  | 'showLines'
  | 'added'
  | 'shareTitle'
  | 'shareText'
  | 'shareRedact'
  | 'shareLink'
  | 'shareCopy'
  | 'close'
  | 'longLink'
  | 'notAlike'
  | 'noRedact'
  | 'damagedLink'
  | 'footer'
  | 'licences'
  | 'emptyConfig'
  | 'printedAnew'
  | 'showMore'
  | 'printTitle'
  | 'details'
  | 'leftOut';
