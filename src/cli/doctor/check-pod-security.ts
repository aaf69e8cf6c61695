import { checkProbe, isForbidden, refusingLevel } from './check-probe.ts';
import { type CheckResult, result, unknown } from './check-result.ts';
import { entryFor } from './registration.ts';
import { RIGHTS } from './rights.ts';
import { ENFORCE, type WebhookSurvey } from './survey.ts';

/** Namespaces where Pod Security would refuse what the webhook adds: by their label, or by the API server's own default. */
export function checkPodSecurity(survey: WebhookSurvey): CheckResult[] {
  const { namespaces, registrations } = survey;
  if (!namespaces.ok) return [unknown('pod-security', namespaces)];
  if (!registrations.ok) return [unknown('pod-security', registrations)];
  // Nothing is added by a webhook that is not there.
  if (registrations.value.length === 0) return [];
  const refusing = [...namespaces.value].filter(([, labels]) => {
    const isStrict = ['baseline', 'restricted'].includes(labels.get(ENFORCE) ?? '');
    return isStrict && entryFor(registrations.value, labels)?.strategy === 'init-container';
  });
  const byLabel = refusing.map(([name, labels]) =>
    result(
      'pod-security-namespace',
      `namespace ${name} enforces ${labels.get(ENFORCE)}, and its pods would get the privileged init container: they would be refused`,
      'set podSecurity.restrictedNamespaces=node-affinity (or none) in the chart',
    ),
  );
  const byDefault = defaultLevel(survey);
  const found = [...byLabel, ...(byDefault ? [byDefault] : [])];
  if (found.length > 0) return found;
  const message = 'no namespace gets a privileged container that its Pod Security level refuses';
  return [failedProbe(survey) ?? result('pod-security-fits', message)];
}

// The default stands in a file of the API server, so that only trying tells.
function defaultLevel({ unlabelledProbe }: WebhookSurvey): CheckResult | undefined {
  if (!unlabelledProbe) return undefined;
  const { namespace, outcome } = unlabelledProbe;
  if (!outcome.ok) return unknown('pod-security', outcome);
  const level = refusingLevel(outcome.value);
  if (level !== undefined) {
    return result(
      'pod-security-default',
      `namespace ${namespace} has no Pod Security label, and its pods are refused with the privileged init container: the API server's own default is ${level}`,
      `set podSecurity.clusterDefault: ${level} in the chart`,
    );
  }
  if (isForbidden(outcome.value)) {
    const problem = `whether the API server has a Pod Security level of its own cannot be tried: you are not allowed to create pods in namespace ${namespace}`;
    return unknown('pod-security', { ok: false, problem, rule: RIGHTS.probe });
  }
  if (outcome.value.outcome === 'patched') return undefined;
  const message = `whether the API server has a Pod Security level of its own could not be tried: no pod came back patched from namespace ${namespace}`;
  return result('pod-security-untried', message);
}

// Where no pod comes back as it should, nothing is proven.
function failedProbe(survey: WebhookSurvey): CheckResult | undefined {
  const failed = checkProbe(survey).some(({ id, level }) => level !== 'ok' && id !== 'probe-outside');
  const message = 'whether what the webhook adds is refused somewhere is not known as long as the probe fails';
  return failed ? result('pod-security-untried', message) : undefined;
}
