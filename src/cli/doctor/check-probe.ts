import { type CheckResult, result, unknown } from './check-result.ts';
import type { Probe } from './probe.ts';
import { entryFor } from './registration.ts';
import { RIGHTS } from './rights.ts';
import { ENFORCE, type WebhookSurvey } from './survey.ts';

/** Does a pod that needs the value come back patched. */
export function checkProbe(survey: WebhookSurvey): CheckResult[] {
  const { probe, namespace } = survey;
  if (!probe.ok) return [unknown('probe', probe)];
  const { value } = probe;
  switch (value.outcome) {
    case 'patched': {
      const message = `an Elasticsearch pod in namespace ${namespace} would be patched (${value.how})`;
      return [result('probe-patched', message)];
    }
    case 'refused':
      return [refused(value, survey)];
    case 'untouched':
      return [untouched(value.warnings, survey)];
  }
}

/** The Pod Security level that refuses our container in a probe; undefined when that is not what was wrong with it. */
export function refusingLevel(probe: Probe): string | undefined {
  if (probe.outcome !== 'refused' || !probe.message.includes('"max-map-count"')) return undefined;
  return /violates PodSecurity "([a-z]+)/.exec(probe.message)?.[1];
}

/** Whether nobody may even try a pod there. */
export function isForbidden(probe: Probe): boolean {
  return probe.outcome === 'refused' && probe.status === 403 && /cannot create resource/.test(probe.message);
}

function refused(probe: Probe & { outcome: 'refused' }, survey: WebhookSurvey): CheckResult {
  const { namespace, namespaces } = survey;
  const { status, message } = probe;
  if (refusingLevel(probe) !== undefined) {
    const labels = namespaces.ok ? namespaces.value.get(namespace) : undefined;
    const remedy = labels?.has(ENFORCE)
      ? 'set podSecurity.restrictedNamespaces=node-affinity (or none) in the chart'
      : 'label the namespace with its level, or set podSecurity.clusterDefault in the chart to the cluster-wide default';
    return result(
      'probe-pod-security',
      `Pod Security refuses the patched pod in namespace ${namespace}: ${message}`,
      remedy,
    );
  }
  if (message.includes('failed calling webhook')) {
    const remedy = 'bring the webhook back, or set webhook.failurePolicy=Ignore';
    return result('probe-webhook-fails', `pods of namespace ${namespace} cannot be created at all: ${message}`, remedy);
  }
  if (isForbidden(probe)) {
    const problem = `you are not allowed to create pods in namespace ${namespace}, not even as a dry run (403): try -n with a namespace of yours`;
    return unknown('probe', { ok: false, problem, rule: RIGHTS.probe });
  }
  return result('probe-refused', `the probe was refused in namespace ${namespace} (${status}): ${message}`);
}

function untouched(warnings: readonly string[], survey: WebhookSurvey): CheckResult {
  const { registrations, namespaces, namespace } = survey;
  if (warnings.length > 0) {
    const message = `the webhook answers, and leaves pods of namespace ${namespace} alone: ${warnings[0]}`;
    return result('probe-left-alone', message);
  }
  const labels = namespaces.ok ? namespaces.value.get(namespace) : undefined;
  const entry = registrations.ok && labels ? entryFor(registrations.value, labels) : undefined;
  if (registrations.ok && registrations.value.length > 0 && labels && !entry) {
    const message = `the webhook is not called for pods of namespace ${namespace}: no entry selects them; try -n with another namespace`;
    return result('probe-outside', message);
  }
  const message = `an Elasticsearch pod in namespace ${namespace} would not be patched`;
  if (entry?.strategy === 'none') return result('probe-left-alone', `${message}: its Pod Security level forbids it`);
  if (!entry) return result('probe-not-patched', message, 'see the check webhook');
  const why = `${message}: the API server gave up on ${entry.name} and let it in (failurePolicy ${entry.failurePolicy}), or the webhook observes only`;
  const { service } = entry;
  const remedy = service
    ? `kubectl -n ${service.namespace} get pods,endpointslices; kubectl -n ${service.namespace} logs deploy/${service.name}`
    : `make sure that the API server can reach ${entry.url}`;
  return result('probe-not-patched', why, remedy);
}
