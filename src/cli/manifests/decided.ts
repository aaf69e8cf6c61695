import type { Strategy } from '../../core/decision.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Operation } from '../../core/operation.ts';
import type { Settings } from '../../core/settings.ts';
import { plain } from '../../input/plain.ts';
import { type Manifest, parseManifests } from '../yaml/parse.ts';
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
      readonly text: string;
      readonly manifests: readonly Manifest[];
      readonly objects: readonly DecidedObject[];
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** How to judge what was read. */
export interface Judging {
  readonly strategy: Strategy;
  /** The namespace of objects that name none. */
  readonly namespace?: string;
}

/** Parses and judges one input. */
export function decidedText(name: string, text: string, options: Judging, settings: Settings): DecidedInput {
  const parsed = parseManifests(name, text);
  if (!parsed.ok) return parsed;
  const { manifests } = parsed;
  const stray = manifests.findIndex(({ content }) => content !== null && typeof content !== 'object');
  if (stray !== -1)
    return { ok: false, problems: [`${name}: document ${stray + 1} is plain text, not a Kubernetes object`] };
  try {
    const objects = manifests.flatMap(({ content }, document) => {
      return objectsIn(content).map((found) => ({
        ...decidedObject(found.object, options, settings),
        ...found,
        document,
      }));
    });
    return { ok: true, name, text, manifests, objects };
  } catch (error) {
    return { ok: false, problems: [`${name}: ${plain(error)}`] };
  }
}

/** Judges the pods of one object. */
export function decidedObject(
  object: JsonObject,
  { strategy, namespace }: Judging,
  settings: Settings,
): Pick<DecidedObject, 'identity' | 'decisions' | 'patch'> {
  const decisions = decideTemplates(object, settings, strategy);
  return { identity: identityOf(object, namespace), decisions, patch: objectPatch(object, decisions) };
}
