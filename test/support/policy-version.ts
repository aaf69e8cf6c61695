import type { PolicyVersion } from '../../src/core/policy/versions.ts';
import { isIn, minorOf } from '../../tools/compatibility/covered.ts';

const FIRST_STABLE = 36;

/** The version of the API that has MutatingAdmissionPolicy in a version of Kubernetes, such as v1.34.6; undefined where none has. */
export function policyVersionIn(version: string): PolicyVersion | undefined {
  if (!isIn(version, 'MutatingAdmissionPolicy, over the corpus')) return undefined;
  return minorOf(version) < FIRST_STABLE ? 'v1beta1' : 'v1';
}

/** What an API server of that version is told, so that it has the kind: as long as it is beta, it is off. */
export function policyFlags(version: string): string[] {
  return policyVersionIn(version) === 'v1beta1'
    ? ['--feature-gates=MutatingAdmissionPolicy=true', '--runtime-config=admissionregistration.k8s.io/v1beta1=true']
    : [];
}
