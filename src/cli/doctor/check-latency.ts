import { type CheckResult, result, unknown } from './check-result.ts';
import type { Webhook } from './registration.ts';
import type { WebhookSurvey } from './survey.ts';

/**
 * What the API server gives a create request before it answers 504, measured on 1.37: 30 s for the request and 4 s to notice.
 * Webhooks are called one after the other, so that those that do not answer add up to it, whatever their failurePolicy says.
 */
const REQUEST_SECONDS = 34;
const SLOW_SECONDS = 10;

/** Can the webhooks that ordinary pods wait for use up the time of a request, and which of them answer nobody. */
export function checkLatency({ callers, endpoints, namespace, registrations }: WebhookSurvey): CheckResult[] {
  if (!callers.ok) return [unknown('latency', callers)];
  const webhooks = callers.value;
  // The check of the certificate tells of our own.
  const ours = new Set(registrations.ok ? registrations.value.map(({ name }) => name) : []);
  const foreign = webhooks.filter(({ configuration }) => !ours.has(configuration));
  const problem = [...endpoints.values()].find((ready) => !ready.ok);
  return [
    sumOf(webhooks, namespace),
    ...foreign.filter((each) => isDead(each, endpoints)).map(deadFinding),
    ...(problem && !problem.ok ? [unknown('latency', problem)] : []),
  ];
}

function sumOf(webhooks: readonly Webhook[], namespace: string): CheckResult {
  const sum = webhooks.reduce((total, { timeoutSeconds }) => total + timeoutSeconds, 0);
  const who = webhooks.length === 1 ? '1 mutating webhook sees' : `${webhooks.length} mutating webhooks see`;
  const message = `${who} new pods of namespace ${namespace}; their timeouts add up to ${sum} s`;
  if (sum <= REQUEST_SECONDS) return result('latency-bounded', message);
  const slow = webhooks.filter(({ timeoutSeconds }) => timeoutSeconds >= SLOW_SECONDS).sort(byTimeout);
  const named = (slow.length > 0 ? slow : [...webhooks].sort(byTimeout)).map(nameOf);
  const first = slow[0] ?? webhooks[0];
  return result(
    'latency-sum',
    `${message}, and the API server gives up after ${REQUEST_SECONDS} s, also with failurePolicy Ignore: ${list(named)}`,
    `lower timeoutSeconds of these${first ? `: kubectl edit mutatingwebhookconfiguration ${first.configuration}` : ''}`,
  );
}

function byTimeout(a: Webhook, b: Webhook): number {
  return b.timeoutSeconds - a.timeoutSeconds;
}

function nameOf({ configuration, name, timeoutSeconds }: Webhook): string {
  return `${name} of ${configuration} (${timeoutSeconds} s)`;
}

const MOST_NAMES = 10;

function list(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : '';
  return `${names.slice(0, MOST_NAMES).join(', ')}${more}`;
}

function isDead({ service }: Webhook, endpoints: WebhookSurvey['endpoints']): boolean {
  const ready = service && endpoints.get(`${service.namespace}/${service.name}`);
  return ready?.ok === true && ready.value === 0;
}

function deadFinding(webhook: Webhook): CheckResult {
  const { service, failurePolicy } = webhook;
  const effect = failurePolicy === 'Ignore' ? 'pods are created without it' : 'no pod can be created';
  return result(
    'latency-dead-webhook',
    `${nameOf(webhook)} calls Service ${service?.namespace}/${service?.name}, which has no ready endpoint: ${effect} (failurePolicy ${failurePolicy})`,
    `kubectl -n ${service?.namespace} get service,endpointslices,pods   # or remove what is left of it: kubectl delete mutatingwebhookconfiguration ${webhook.configuration}`,
  );
}
