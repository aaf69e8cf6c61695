/** The checks of `doctor`, in the order in which they are reported. */
export type Check =
  | 'cluster'
  | 'webhook'
  | 'own-pods'
  | 'certificate'
  | 'probe'
  | 'pod-security'
  | 'latency'
  | 'pods'
  | 'crashes'
  | 'images'
  | 'pending'
  | 'nodes';

/** `unknown`: the check could not be made, and the message says why. */
export type Level = 'ok' | 'finding' | 'unknown';

/**
 * Every result that a check can have, by its id. Ids are for scripts and never change their meaning; what is not `ok` has a
 * paragraph of the same name in docs/doctor.md.
 */
export const FINDINGS = {
  'cluster-unreachable': ['cluster', 'unknown'],
  'webhook-registered': ['webhook', 'ok'],
  'webhook-configuration': ['webhook', 'ok'],
  'webhook-policy': ['webhook', 'ok'],
  'webhook-missing': ['webhook', 'finding'],
  'webhook-twice': ['webhook', 'finding'],
  'webhook-without-entries': ['webhook', 'finding'],
  'webhook-sees-no-pods': ['webhook', 'finding'],
  'webhook-own-condition': ['webhook', 'ok'],
  'webhook-narrow-condition': ['webhook', 'finding'],
  'webhook-other-condition': ['webhook', 'unknown'],
  'own-pods-ready': ['own-pods', 'ok'],
  'own-pods-down': ['own-pods', 'finding'],
  'own-pods-sidecar': ['own-pods', 'finding'],
  'certificate-accepted': ['certificate', 'ok'],
  'certificate-no-ca': ['certificate', 'finding'],
  'certificate-unreadable-ca': ['certificate', 'finding'],
  'certificate-expired-ca': ['certificate', 'finding'],
  'certificate-refused': ['certificate', 'finding'],
  'certificate-no-endpoint': ['certificate', 'finding'],
  'certificate-no-answer': ['certificate', 'finding'],
  'certificate-not-seen': ['certificate', 'unknown'],
  'probe-patched': ['probe', 'ok'],
  'probe-left-alone': ['probe', 'ok'],
  'probe-not-patched': ['probe', 'finding'],
  'probe-pod-security': ['probe', 'finding'],
  'probe-webhook-fails': ['probe', 'finding'],
  'probe-refused': ['probe', 'unknown'],
  'probe-outside': ['probe', 'unknown'],
  'pod-security-fits': ['pod-security', 'ok'],
  'pod-security-namespace': ['pod-security', 'finding'],
  'pod-security-default': ['pod-security', 'finding'],
  'pod-security-untried': ['pod-security', 'unknown'],
  'latency-bounded': ['latency', 'ok'],
  'latency-sum': ['latency', 'finding'],
  'latency-dead-webhook': ['latency', 'finding'],
  'pods-patched': ['pods', 'ok'],
  'pods-missed': ['pods', 'finding'],
  'pods-cut': ['pods', 'unknown'],
  'crashes-none': ['crashes', 'ok'],
  'crash-too-low': ['crashes', 'finding'],
  'crash-write-refused': ['crashes', 'finding'],
  'crash-init-container': ['crashes', 'finding'],
  'crash-logs-unread': ['crashes', 'unknown'],
  'images-pulled': ['images', 'ok'],
  'image-of-ours': ['images', 'finding'],
  'image-of-authors': ['images', 'finding'],
  'pending-none': ['pending', 'ok'],
  'pending-unprepared': ['pending', 'finding'],
  'nodes-labelled': ['nodes', 'ok'],
  'nodes-wrong-label': ['nodes', 'finding'],
  'nodes-below-guarantee': ['nodes', 'finding'],
} as const satisfies Record<string, readonly [Check, Level]>;

/** What may happen to any check that needs the cluster's answer. */
export const UNKNOWNS = ['not-allowed', 'not-read'] as const;

/** The id of a result. */
export type FindingId = keyof typeof FINDINGS | (typeof UNKNOWNS)[number];
