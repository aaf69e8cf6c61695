import type { Catalogue } from './catalogue.ts';
import type { CatalogueRow } from './catalogue-row.ts';
import type { Texts } from './pod.ts';
import { quoted } from './warnings.ts';

/** The annotation that says which patch a pod got. */
export const APPLIED = 'max-map-count.io/applied';
/** The annotation with which an author opts out. */
export const INJECT = 'max-map-count.io/inject';
/** The annotation with which an author asks for the affinity. */
export const STRATEGY = 'max-map-count.io/strategy';
/** The annotation with which an author names the workload. */
export const WORKLOAD = 'max-map-count.io/workload';

/** What a pod's author asks for; none of it can add privilege, set an image, a command or a number. */
export interface Instructions {
  readonly optOut: boolean;
  readonly affinity: boolean;
  readonly workload: CatalogueRow | undefined;
  /** One sentence per annotation whose value has no meaning. */
  readonly warnings: readonly string[];
}

/** Reads the annotations of docs/reference/contract.md, section 4; any other value than the documented ones is ignored, with a warning. */
export function instructionsOf(annotations: Texts, catalogue: Catalogue): Instructions {
  const warnings: string[] = [];
  const read = (annotation: string, accepts: (value: string) => boolean, meaning: string): string | undefined => {
    const value = annotations.get(annotation);
    if (value === undefined || accepts(value)) return value;
    warnings.push(`annotation ${annotation}: ${quoted(value)} is ignored; ${meaning}`);
    return undefined;
  };
  const inject = read(INJECT, (value) => value === 'false', 'only "false" has a meaning');
  const strategy = read(STRATEGY, (value) => value === 'node-affinity', 'only "node-affinity" has a meaning');
  const workload = read(WORKLOAD, (value) => catalogue.byName.has(value), 'it is no row of the catalogue in force');
  return {
    optOut: inject !== undefined,
    affinity: strategy !== undefined,
    workload: workload === undefined ? undefined : catalogue.byName.get(workload),
    warnings,
  };
}

/** JSON Pointer of the author's workload annotation. */
export const WORKLOAD_PATH = `/metadata/annotations/${WORKLOAD.replace('/', '~1')}`;
/** JSON Pointer of the author's opt-out annotation. */
export const INJECT_PATH = `/metadata/annotations/${INJECT.replace('/', '~1')}`;
