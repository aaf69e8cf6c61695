import type { JsonObject } from '../json.ts';
import type { Settings } from '../settings.ts';
import { SYSTEM_NAMESPACES } from '../system-namespaces.ts';
import { type PolicyOptions, policyText } from './policy.ts';
import type { PolicyVersion } from './versions.ts';

/** How a policy is written down. */
export interface PolicyObjectOptions extends PolicyOptions {
  readonly version: PolicyVersion;
  /** For the API server's folder of manifests, where names have a suffix of their own. */
  readonly isStatic: boolean;
}

/** The name of the policy and of its binding, as the chart has it. */
export const POLICY_NAME = 'max-map-count-webhook';

/** The suffix of objects that an API server takes from its folder (KEP-5793). */
const STATIC_SUFFIX = '.static.k8s.io';

/** A MutatingAdmissionPolicy for the catalogue in force, and the binding that puts it into force. */
export function policyObjects(
  settings: Settings,
  options: PolicyObjectOptions,
): [policy: JsonObject, binding: JsonObject] {
  const apiVersion = `admissionregistration.k8s.io/${options.version}`;
  const name = `${POLICY_NAME}${options.isStatic ? STATIC_SUFFIX : ''}`;
  const { variables, mutation } = policyText(settings, options);
  const policy: JsonObject = {
    apiVersion,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Ignore',
      reinvocationPolicy: 'IfNeeded',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: {
          matchExpressions: [
            // The chart leaves its own namespace out, too; a policy has none.
            { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [...SYSTEM_NAMESPACES] },
            { key: 'max-map-count.io/inject', operator: 'NotIn', values: ['disabled'] },
          ],
        },
        objectSelector: {},
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' },
        ],
      },
      variables: variables.map(({ name: variable, expression }) => ({ name: variable, expression })),
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: mutation } }],
    },
  };
  return [
    policy,
    { apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name } },
  ];
}
