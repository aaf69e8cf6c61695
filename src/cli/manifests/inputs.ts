import type { Settings } from '../../core/settings.ts';
import { type DecidedInput, type DecisionOptions, decidedText } from './decided.ts';
import { kustomized } from './kustomize.ts';
import { readSources } from './sources.ts';

/** What to read and how to decide on it. */
export interface ManifestOptions extends DecisionOptions {
  readonly filename: readonly string[];
  readonly recursive: boolean;
  /** A directory for kustomize. */
  readonly kustomize?: string;
}

/** Reads every input that the options name and decides on it; one that is broken does not stop the others. */
export function* decidedInputs(
  options: ManifestOptions,
  settings: Settings,
  say: (line: string) => void,
): Generator<DecidedInput> {
  for (const source of sourcesOf(options, say)) {
    if (!source.ok) yield { ok: false, problems: [`${source.name}: ${source.problem}`] };
    else yield decidedText(source.name, source.text, options, settings);
  }
}

function* sourcesOf({ filename, recursive, kustomize }: ManifestOptions, say: (line: string) => void) {
  yield* readSources(filename, { recursive, say });
  if (kustomize !== undefined) yield kustomized(kustomize);
}
