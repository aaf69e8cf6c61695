import { type CheckResult, unknown } from './check-result.ts';
import { entryFor } from './registration.ts';
import type { Survey } from './survey.ts';

/** Does a pod that needs the value come back patched. */
export function checkProbe(survey: Survey): CheckResult[] {
  const { probe, namespace } = survey;
  const check = 'probe';
  if (!probe.ok) return [unknown(check, probe)];
  const { value } = probe;
  switch (value.outcome) {
    case 'patched':
      return [
        {
          check,
          level: 'ok',
          message: `an Elasticsearch pod in namespace ${namespace} would be patched (${value.how})`,
        },
      ];
    case 'refused':
      return [refused(value, namespace)];
    case 'untouched':
      return [untouched(value.warnings, survey)];
  }
}

function refused({ status, message }: { status: number; message: string }, namespace: string): CheckResult {
  const check = 'probe';
  if (message.includes('violates PodSecurity') && message.includes('"max-map-count"')) {
    return {
      check,
      level: 'finding',
      message: `Pod Security refuses the patched pod in namespace ${namespace}: ${message}`,
      remedy:
        'label the namespace with its level, or set podSecurity.clusterDefault in the chart to the cluster-wide default',
    };
  }
  if (message.includes('failed calling webhook')) {
    return {
      check,
      level: 'finding',
      message: `pods of namespace ${namespace} cannot be created at all: ${message}`,
      remedy: 'bring the webhook back, or set webhook.failurePolicy=Ignore',
    };
  }
  if (status === 403 && /cannot create resource/.test(message)) {
    return {
      check,
      level: 'unknown',
      message: `you are not allowed to create pods in namespace ${namespace}, not even as a dry run (403): try -n with a namespace of yours`,
    };
  }
  return {
    check,
    level: 'unknown',
    message: `the probe was refused in namespace ${namespace} (${status}): ${message}`,
  };
}

function untouched(warnings: readonly string[], { registrations, namespaces, namespace }: Survey): CheckResult {
  const check = 'probe';
  if (warnings.length > 0)
    return {
      check,
      level: 'ok',
      message: `the webhook answers, and leaves pods of namespace ${namespace} alone: ${warnings[0]}`,
    };
  const labels = namespaces.ok ? namespaces.value.get(namespace) : undefined;
  const entry = registrations.ok && labels ? entryFor(registrations.value, labels) : undefined;
  if (registrations.ok && registrations.value.length > 0 && labels && !entry) {
    return {
      check,
      level: 'unknown',
      message: `the webhook is not called for pods of namespace ${namespace}: its namespaceSelector leaves it out; try -n with another namespace`,
    };
  }
  const message = `an Elasticsearch pod in namespace ${namespace} would not be patched`;
  if (entry?.strategy === 'none')
    return { check, level: 'ok', message: `${message}: its Pod Security level forbids it` };
  if (!entry) return { check, level: 'finding', message, remedy: 'see the check webhook' };
  const why = `${message}: the API server gave up on ${entry.name} and let it in (failurePolicy ${entry.failurePolicy}), or the webhook observes only`;
  const { service } = entry;
  const remedy = service
    ? `kubectl -n ${service.namespace} get pods,endpointslices; kubectl -n ${service.namespace} logs deploy/${service.name}`
    : `make sure that the API server can reach ${entry.url}`;
  return { check, level: 'finding', message: why, remedy };
}
