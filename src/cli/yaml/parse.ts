import { type Document, LineCounter, parseAllDocuments, type ScalarTag } from 'yaml';
import { MOST_ALIASES, placed, thrown } from '../../input/yaml-faults.ts';

/** A parsed document of an input and its content as plain JSON values. */
export interface Manifest {
  readonly document: Document.Parsed;
  readonly content: unknown;
}

/** The documents of one input, or everything that is wrong with it, as `file:line:column: sentence`. */
export type Manifests =
  | { readonly ok: true; readonly manifests: readonly Manifest[] }
  | { readonly ok: false; readonly problems: readonly string[] };

// Later ones are mostly consequences of the first.
const MOST_PROBLEMS = 3;

// kubectl reads YAML 1.1, where these are booleans too: `privileged: yes`.
const OLD_BOOLEAN: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: () => false,
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^[yY]|^[oO][nN]/.test(text),
};

/** Parses every document of a YAML or JSON text, as kubectl would read it. */
export function parseManifests(name: string, text: string): Manifests {
  const lines = new LineCounter();
  try {
    const documents = documentsOf(text, lines);
    const problems = documents.flatMap(({ errors }) => errors).map((error) => placed(name, error, lines));
    if (problems.length > 0) return { ok: false, problems: problems.slice(0, MOST_PROBLEMS) };
    return { ok: true, manifests: documents.map((document) => manifestOf(document)) };
  } catch (error) {
    return { ok: false, problems: [thrown(name, error)] };
  }
}

function documentsOf(text: string, lineCounter: LineCounter): Document.Parsed[] {
  const documents = parseAllDocuments(text, {
    merge: true,
    prettyErrors: false,
    customTags: (tags) => [...tags, OLD_BOOLEAN],
    lineCounter,
  });
  return Array.isArray(documents) ? documents : [];
}

// Through JSON, so that what two aliases share becomes two values, of which one can change alone.
function manifestOf(document: Document.Parsed): Manifest {
  const content: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
  return { document, content: content === undefined ? null : JSON.parse(JSON.stringify(content)) };
}
