// The corpus of labelled cases, test/cases/<case>/: input.yaml, case.yaml (what a person says the decision must be) and
// golden.json (the whole decision and its patch, written by `npm run generate`).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
  why: string;
  strategy: AllowedStrategy;
  config: string;
  expect: Expectation;
  object: JsonObject;
  /** The pod inside the object, as the API server would send it: plain JSON. */
  pod: JsonObject;
  ownerKind: string;
  settings: Settings;
}

/** The names of all cases, sorted. */
export const caseNames = readdirSync(folder).sort();

/** Reads a case; throws with its name when a file is missing or malformed. */
export function readCase(name: string): Case {
  const file = (leaf: string) => readFileSync(new URL(`${name}/${leaf}`, folder), 'utf8');
  const { why, strategy = 'init-container', config = {}, expect, ...unknown } = parse(file('case.yaml'));
  if (typeof why !== 'string' || !expect || Object.keys(unknown).length > 0)
    throw new Error(`${name}: case.yaml is malformed`);
  const object = parse(file('input.yaml'), { merge: true }) as JsonObject;
  const template = podAt(object);
  if (!template) throw new Error(`${name}: input.yaml holds no pod`);
  const configText = stringify(config);
  const ownerKind = object.kind === 'Pod' ? '' : String(object.kind);
  return {
    name,
    why,
    strategy,
    config: configText,
    expect,
    object,
    pod: template.pod,
    ownerKind,
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

/** The golden text of a case. */
export function goldenOf(known: Case): string {
  const { decision, patch } = decideCase(known);
  const { reason, workload, required, value, strategy, evidence, warnings } = decision;
  return `${JSON.stringify({ decision: decision.decision, reason, workload, required, value, strategy, evidence, warnings, patch }, null, 2)}\n`;
}

/** Where the golden of a case lies. */
export function goldenFile(name: string): URL {
  return new URL(`${name}/golden.json`, folder);
}

/** The committed golden of a case, or undefined. */
export function readGolden(name: string): string | undefined {
  return existsSync(goldenFile(name)) ? readFileSync(goldenFile(name), 'utf8') : undefined;
}
