/** What was typed and what came of it. */
export interface Exchange {
  readonly command: string;
  /** As printed: what went to stdout, then what went to stderr. */
  readonly output: string;
}

/** A part of the story. */
export interface Chapter {
  readonly title: string;
  readonly text: string;
  readonly exchanges: Exchange[];
}

/** The whole story, with what it was played with. */
export interface Transcript {
  readonly date: string;
  /** By the name of the component. */
  readonly versions: Readonly<Record<string, string>>;
  readonly chapters: readonly Chapter[];
}
