import type { AllowedStrategy } from '../../core/decision.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Operation } from '../../core/operation.ts';
import type { Settings } from '../../core/settings.ts';
import { plain } from '../../input/plain.ts';
import type { PolicyEvaluator } from '../../policy/evaluate.ts';
import { type BrokenManifest, type Manifest, parseManifests } from '../yaml/parse.ts';
import { decideTemplates, objectPatch, type TemplateDecision } from './decide-templates.ts';
import { type Identity, identityOf, objectsIn } from './object.ts';

/** An object of an input with what the webhook would do to its pods. */
export interface DecidedObject {
  readonly object: JsonObject;
  readonly identity: Identity;
  /** The document (counted from 0) that holds the object, and its JSON Pointer there. */
  readonly document: number;
  readonly pointer: string;
  readonly decisions: readonly TemplateDecision[];
  /** The patches of all its pods, against the object. */
  readonly patch: readonly Operation[];
}

/** An input that was read and decided, or the lines that say why it could not be. */
export type DecidedInput =
  | {
      readonly ok: true;
      readonly name: string;
      readonly manifests: readonly (Manifest | BrokenManifest)[];
      readonly objects: readonly DecidedObject[];
      /** What is wrong with documents that kubectl would refuse, one entry per document. */
      readonly problems: readonly (readonly string[])[];
      /** What kubectl puts up with and other readers do not. */
      readonly oddities: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** How to decide on what was read. */
export interface DecisionOptions {
  readonly strategy: AllowedStrategy;
  /** The namespace of objects that name none. */
  readonly namespace?: string;
  /** What the policy does, where it takes the webhook's place. */
  readonly policy?: PolicyEvaluator;
}

/** Parses one input and decides on it; a document that is broken costs no other. */
export function decidedText(name: string, text: string, options: DecisionOptions, settings: Settings): DecidedInput {
  const decided = parseManifests(name, text).map((manifest, document) => {
    return decidedManifest(manifest, { name, document, options, settings });
  });
  const problems = decided.flatMap(({ manifest }) => (manifest.ok ? [] : [manifest.problems]));
  if (problems.length === decided.length) return { ok: false, problems: problems.flat() };
  return {
    ok: true,
    name,
    manifests: decided.map(({ manifest }) => manifest),
    objects: decided.flatMap(({ objects }) => objects),
    problems,
    oddities: decided.flatMap(({ manifest }) => (manifest.ok ? manifest.oddities : [])),
  };
}

interface Place {
  readonly name: string;
  readonly document: number;
  readonly options: DecisionOptions;
  readonly settings: Settings;
}

interface DecidedManifest {
  readonly manifest: Manifest | BrokenManifest;
  readonly objects: readonly DecidedObject[];
}

function decidedManifest(
  manifest: Manifest | BrokenManifest,
  { name, document, options, settings }: Place,
): DecidedManifest {
  const broken = (problem: string): DecidedManifest => {
    return { manifest: { ok: false, text: manifest.text, problems: [`${name}: ${problem}`] }, objects: [] };
  };
  if (!manifest.ok) return { manifest, objects: [] };
  const { content } = manifest;
  if (content !== null && typeof content !== 'object') {
    return broken(`document ${document + 1} is plain text, not a Kubernetes object`);
  }
  try {
    const objects = objectsIn(content).map((found): DecidedObject => {
      return { ...decidedObject(found.object, options, settings), ...found, document };
    });
    return { manifest, objects };
  } catch (error) {
    return broken(plain(error));
  }
}

/** Decides on the pods of one object. */
export function decidedObject(
  object: JsonObject,
  { strategy, namespace, policy }: DecisionOptions,
  settings: Settings,
): Pick<DecidedObject, 'identity' | 'decisions' | 'patch'> {
  const decisions = decideTemplates(object, settings, strategy, policy);
  return { identity: identityOf(object, namespace), decisions, patch: objectPatch(object, decisions) };
}
