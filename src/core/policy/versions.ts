/** The versions of the API that have the kind: v1 from Kubernetes 1.36 on, v1beta1 in 1.34 and 1.35. */
export const POLICY_VERSIONS = ['v1', 'v1beta1'] as const;

/** One of {@link POLICY_VERSIONS}. */
export type PolicyVersion = (typeof POLICY_VERSIONS)[number];
