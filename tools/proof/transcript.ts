/** What was typed and what came of it. */
export interface Command {
  readonly command: string;
  /** As printed: what went to stdout, then what went to stderr. */
  readonly output: string;
}

/** A part of the scenario. */
export interface Step {
  readonly title: string;
  readonly text: string;
  readonly commands: Command[];
}

/** The whole scenario, with what it was run with. */
export interface Transcript {
  readonly date: string;
  /** By the name of the component. */
  readonly versions: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
