import { inWords } from '../../core/label-selector.ts';
import { checkConditions } from './check-conditions.ts';
import { type CheckResult, result, unknown } from './check-result.ts';
import type { Registration } from './registration.ts';
import type { WebhookSurvey } from './survey.ts';

const INSTALL = 'helm install max-map-count-webhook <chart> --namespace max-map-count-webhook --create-namespace';

/** Is the webhook registered, how, and does it see pods. */
export function checkWebhook(survey: WebhookSurvey): CheckResult[] {
  const { registrations, policies, inForce } = survey;
  if (!registrations.ok) return [unknown('webhook', registrations)];
  const found = registrations.value;
  const [policy] = policies.ok ? policies.value : [];
  if (found.length === 0 && policy !== undefined) {
    return [
      result('webhook-policy', `there is no webhook: MutatingAdmissionPolicy ${policy} patches pods in its place`),
    ];
  }
  if (found.length === 0) {
    const message = 'no MutatingWebhookConfiguration calls the webhook: it is not installed, and no pod is patched';
    return [result('webhook-missing', message, INSTALL), ...(policies.ok ? [] : [unknown('webhook', policies)])];
  }
  const names = found.map(({ name }) => name).join(', ');
  const remedy = 'helm uninstall the release that you do not want';
  const twice = result('webhook-twice', `registered ${found.length} times: ${names}`, remedy);
  return [
    ...(found.length > 1 ? [twice] : []),
    ...found.flatMap(describe),
    ...configuration(inForce),
    ...checkConditions(survey),
  ];
}

// Where it cannot be read, the defaults decide about the pods below, which may be wrong.
function configuration(inForce: WebhookSurvey['inForce']): CheckResult[] {
  if (!inForce.ok) return [unknown('webhook', inForce)];
  const { source } = inForce.value;
  return source === undefined ? [] : [result('webhook-configuration', `its configuration was read from ${source}`)];
}

function describe({ name, entries }: Registration): CheckResult[] {
  const remedy = `helm upgrade the release behind ${name}`;
  if (entries.length === 0) {
    return [result('webhook-without-entries', `${name} has no webhook that calls /mutate/...`, remedy)];
  }
  return entries.map((entry) => {
    const message = `${name}: ${entry.name} calls /mutate/${entry.strategy}, failurePolicy ${entry.failurePolicy}, timeout ${entry.timeoutSeconds} s, namespaces: ${inWords(entry.namespaceSelector)}`;
    return entry.seesPods
      ? result('webhook-registered', message)
      : result('webhook-sees-no-pods', `${message}; its rules leave out the creation of pods`, remedy);
  });
}
