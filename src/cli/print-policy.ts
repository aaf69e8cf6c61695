import { stringify } from 'yaml';
import type { Strategy } from '../core/decision.ts';
import { policyObjects } from '../core/policy/objects.ts';
import type { PolicyVersion } from '../core/policy/versions.ts';
import { settingsFrom } from './config-file.ts';
import { EXIT, Failure } from './failure.ts';
import type { Io } from './io.ts';

/** The options of `render admission-policy`. */
export interface PrintPolicyOptions {
  readonly config?: string;
  readonly strategy: Strategy;
  readonly apiVersion: PolicyVersion;
  readonly static: boolean;
}

/** Prints a MutatingAdmissionPolicy for the catalogue in force, and its binding, for `kubectl apply -f -`. */
export async function renderAdmissionPolicy(options: PrintPolicyOptions, { stdout }: Io): Promise<number> {
  const settings = await settingsFrom(options.config);
  if (settings.mode === 'observe') {
    throw new Failure('mode: observe has no policy: a MutatingAdmissionPolicy cannot log or count what it would do');
  }
  if (options.static && options.apiVersion !== 'v1') {
    throw new Failure('--static takes --api-version v1 only: an API server reads no other from its folder');
  }
  const { strategy } = options;
  const objects = policyObjects(settings, {
    clusterDefault: 'privileged',
    privilegedNamespaces: strategy,
    // Affinity needs no privilege.
    restrictedNamespaces: strategy === 'node-affinity' ? 'node-affinity' : 'none',
    version: options.apiVersion,
    isStatic: options.static,
  });
  stdout.write(
    objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n'),
  );
  return EXIT.ok;
}
