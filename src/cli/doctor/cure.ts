import type { Group } from './groups.ts';
import type { WebhookSurvey } from './survey.ts';

/** What to do about pods that the webhook would patch: make them again, once there is something that patches them. */
export function cureOfMissed(
  { owner, pods }: Group<unknown>,
  { registrations, policies }: Pick<WebhookSurvey, 'registrations' | 'policies'>,
): string {
  const isMissing = registrations.ok && registrations.value.length === 0 && policies.ok && policies.value.length === 0;
  if (!isMissing) return owner.restart;
  return `kubectl max-map-count fix ${pods[0]} -n ${owner.namespace}   # now; for good install the webhook, then: ${owner.restart}`;
}
