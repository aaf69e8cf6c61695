import { type CheckResult, unknown } from './check-result.ts';
import type { Registration } from './registration.ts';
import { inWords } from './selector.ts';
import type { Survey } from './survey.ts';

const INSTALL = 'helm install max-map-count-webhook <chart> --namespace max-map-count-webhook --create-namespace';

/** Is the webhook registered, how, and does it see pods. */
export function checkWebhook({ registrations }: Survey): CheckResult[] {
  if (!registrations.ok) return [unknown('webhook', registrations)];
  const found = registrations.value;
  if (found.length === 0) {
    const message = 'no MutatingWebhookConfiguration calls the webhook: it is not installed, and no pod is patched';
    return [{ check: 'webhook', level: 'finding', message, remedy: INSTALL }];
  }
  const several: CheckResult[] =
    found.length > 1
      ? [
          {
            check: 'webhook',
            level: 'finding',
            message: `registered ${found.length} times: ${found.map(({ name }) => name).join(', ')}`,
            remedy: 'helm uninstall the release that you do not want',
          },
        ]
      : [];
  return [...several, ...found.flatMap(describe)];
}

function describe({ name, entries }: Registration): CheckResult[] {
  if (entries.length === 0) {
    return [
      {
        check: 'webhook',
        level: 'finding',
        message: `${name} has no webhook that calls /mutate/...`,
        remedy: `helm upgrade the release behind ${name}`,
      },
    ];
  }
  return entries.map((entry): CheckResult => {
    const message = `${name}: ${entry.name} calls /mutate/${entry.strategy}, failurePolicy ${entry.failurePolicy}, timeout ${entry.timeoutSeconds} s, namespaces: ${inWords(entry.namespaceSelector)}`;
    if (entry.seesPods) return { check: 'webhook', level: 'ok', message };
    return {
      check: 'webhook',
      level: 'finding',
      message: `${message}; its rules leave out the creation of pods`,
      remedy: `helm upgrade the release behind ${name}`,
    };
  });
}
