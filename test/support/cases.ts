// The corpus of labelled cases, test/cases/<family>/<name>.yaml: the first document is what a person says must come out,
// the second is the object. What the code makes of them is in test/goldens.
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse, stringify } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import type { AllowedStrategy, Decision } from '../../src/core/decision.ts';
import { evaluate } from '../../src/core/evaluate.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Operation } from '../../src/core/operation.ts';
import { patchFor } from '../../src/core/patch.ts';
import { podAt } from '../../src/core/pod-template.ts';
import type { Settings } from '../../src/core/settings.ts';

const folder = new URL('../cases/', import.meta.url);
const SEPARATOR = '\n---\n';

/** What a person says must come out of a case. */
export interface Expectation {
  decision: Decision['decision'];
  reason: Decision['reason'];
  workload: string | null;
  value: number | null;
  strategy: Decision['strategy'];
  warnings?: string[];
}

/** One labelled case. */
export interface Case {
  name: string;
  family: string;
  why: string;
  strategy: AllowedStrategy;
  config: string;
  expect: Expectation;
  /** The object as its author wrote it, comments and all. */
  input: string;
  object: JsonObject;
  /** The pod inside the object, as the API server would send it: plain JSON. */
  pod: JsonObject;
  ownerKind: string;
  settings: Settings;
}

/** The families of cases, sorted. */
export const families = readdirSync(folder).sort();

const familyOf = new Map(families.flatMap((family) => namesIn(family).map((name) => [name, family] as const)));

/** The names of all cases, sorted; a name occurs in one family only. */
export const caseNames = [...familyOf.keys()].sort();

/** The names of a family's cases, sorted; throws with what lies there and is no case. */
export function namesIn(family: string): string[] {
  const files = readdirSync(new URL(family, folder)).sort();
  const strange = files.find((file) => !file.endsWith('.yaml'));
  if (strange !== undefined) throw new Error(`test/cases/${family}/${strange}: a case is a file FAMILY/NAME.yaml`);
  return files.map((file) => basename(file, '.yaml'));
}

/** Reads a case; throws with its name when it is malformed. */
export function readCase(name: string): Case {
  const family = familyOf.get(name) ?? '';
  const written = readFileSync(new URL(`${family}/${name}.yaml`, folder), 'utf8');
  const [label = '', ...rest] = written.split(SEPARATOR);
  const input = rest.join(SEPARATOR);
  const { why, strategy = 'init-container', config = {}, expect, ...unknown } = parse(label);
  if (typeof why !== 'string' || !expect || Object.keys(unknown).length > 0)
    throw new Error(`${name}: the first document must hold why and expect, and may hold strategy and config`);
  const object = parse(input, { merge: true }) as JsonObject;
  const template = podAt(object);
  if (!template) throw new Error(`${name}: the second document holds no pod`);
  const configText = stringify(config);
  const ownerKind = object.kind === 'Pod' ? '' : String(object.kind);
  return {
    ...{ name, family, why, strategy, expect, input, object, ownerKind },
    config: configText,
    pod: template.pod,
    settings: settingsOf(configText),
  };
}

/** The settings that a configuration text gives; throws with the problems when it is refused. */
export function settingsOf(configText: string): Settings {
  const result = parseConfig(configText, 'config.yaml');
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config.settings;
}

/** What the code makes of a case: the decision and the patch. */
export function decideCase({ pod, strategy, ownerKind, settings }: Case): { decision: Decision; patch: Operation[] } {
  const decision = evaluate(pod, { strategy, ownerKind }, settings);
  return { decision, patch: decision.decision === 'patch' ? patchFor(pod, decision, settings) : [] };
}
