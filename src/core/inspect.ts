import type { Catalogue } from './catalogue.ts';
import { clientEvidence } from './client.ts';
import type { Evidence } from './decision.ts';
import { type ImageReference, parseImage } from './image.ts';
import type { Container } from './pod.ts';
import { type Runs, runs } from './runs.ts';
import { argumentSettings } from './server-settings.ts';

/** What can be said of a container whatever the row; worked out once, and only when it is asked for. */
export interface Inspected {
  readonly container: Container;
  readonly image: ImageReference | undefined;
  readonly runs: Runs;
  /** Names of the settings in its command line. */
  readonly argumentNames: ReadonlySet<string>;
  /** How it is told where some server is. */
  readonly client: Evidence | undefined;
}

/** Looks at a container when asked. */
export function inspect(container: Container, catalogue: Catalogue): Inspected {
  return new Lazily(container, catalogue);
}

class Lazily implements Inspected {
  readonly container: Container;
  readonly image: ImageReference | undefined;
  readonly #catalogue: Catalogue;
  #runs: Runs | undefined;
  #argumentNames: ReadonlySet<string> | undefined;
  #client: { readonly found: Evidence | undefined } | undefined;

  constructor(container: Container, catalogue: Catalogue) {
    this.container = container;
    this.image = parseImage(container.image);
    this.#catalogue = catalogue;
  }

  get runs(): Runs {
    this.#runs ??= runs(this.container, this.#catalogue);
    return this.#runs;
  }

  get argumentNames(): ReadonlySet<string> {
    this.#argumentNames ??= new Set(argumentSettings(this.container).map(({ name }) => name));
    return this.#argumentNames;
  }

  get client(): Evidence | undefined {
    this.#client ??= { found: clientEvidence(this.container, this.#catalogue) };
    return this.#client.found;
  }
}
