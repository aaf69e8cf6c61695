import { X509Certificate } from 'node:crypto';
import { type CheckResult, result, unknown } from './check-result.ts';
import { type Entry, entriesOf } from './registration.ts';
import type { WebhookSurvey } from './survey.ts';

/** Is there a CA, is it valid, and does what is served verify against it. */
export function checkCertificate(survey: WebhookSurvey, now: Date): CheckResult[] {
  const { registrations } = survey;
  if (!registrations.ok) return [unknown('certificate', registrations)];
  const results = entriesOf(registrations.value).map(
    (entry) => authorityFinding(entry, now) ?? servedFinding(entry, survey),
  );
  // The entries of one release share their certificate, so most would only repeat each other.
  return [...new Map(results.map((finding) => [finding.message, finding])).values()];
}

function authorityFinding({ name, caBundle, service }: Entry, now: Date): CheckResult | undefined {
  if (caBundle === '') {
    const where = service ? `kubectl -n ${service.namespace} describe certificate` : 'set clientConfig.caBundle';
    const message = `${name} has an empty caBundle, so the API server cannot verify the webhook`;
    return result('certificate-no-ca', message, where);
  }
  const ends = authorityEnds(caBundle);
  if (ends === undefined) {
    const message = `the caBundle of ${name} holds no certificate`;
    return result('certificate-unreadable-ca', message, 'put the PEM of the CA there');
  }
  if (ends > now) return undefined;
  return result('certificate-expired-ca', `the CA in caBundle expired on ${day(ends)}`, renew(service));
}

/** When the last of the CA certificates ends. */
function authorityEnds(caBundle: string): Date | undefined {
  try {
    const blocks = caBundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    return blocks.map((pem) => new Date(new X509Certificate(pem).validTo)).sort((a, b) => b.getTime() - a.getTime())[0];
  } catch {
    return undefined;
  }
}

function renew(service: Entry['service']): string {
  return service
    ? `kubectl -n ${service.namespace} get certificate,secret   # cert-manager renews it; with tls.mode helm: delete the Secret and helm upgrade`
    : 'renew the certificate that the webhook serves; it is read again within seconds';
}

function servedFinding(entry: Entry, survey: WebhookSurvey): CheckResult {
  const works = survey.probe.ok && survey.probe.value.outcome === 'patched';
  const name = entry.service
    ? `Service ${entry.service.namespace}/${entry.service.name}`
    : URL.parse(entry.url ?? '')?.origin;
  const answers = entry.url !== undefined && survey.served.get(entry.url)?.answers === true;
  if (works && !answers) {
    const message = `the API server accepts the certificate of ${name}: the probe came back patched`;
    return result('certificate-accepted', message);
  }
  return entry.service ? behindService(entry.service, survey) : atUrl(entry.url ?? '', survey);
}

function behindService(
  { namespace, name }: { namespace: string; name: string },
  { endpoints }: WebhookSurvey,
): CheckResult {
  const ready = endpoints.get(`${namespace}/${name}`);
  if (ready?.ok && ready.value === 0) {
    const message = `Service ${namespace}/${name} has no ready endpoint: the webhook is down`;
    const remedy = `kubectl -n ${namespace} get pods -l app.kubernetes.io/name=max-map-count-webhook`;
    return result('certificate-no-endpoint', message, remedy);
  }
  if (ready && !ready.ok) return unknown('certificate', ready);
  const message = `Service ${namespace}/${name} cannot be reached from here, so its certificate was not seen`;
  return result('certificate-not-seen', message);
}

function atUrl(url: string, survey: WebhookSurvey): CheckResult {
  const served = survey.served.get(url);
  const origin = URL.parse(url)?.origin ?? url;
  if (!served?.answers) {
    const message = `${origin} does not answer: ${served?.problem ?? 'it was not asked'}`;
    return result('certificate-no-answer', message, 'start the webhook, or correct clientConfig.url');
  }
  const until = served.expires ? `, valid until ${day(served.expires)}` : '';
  if (served.problem === undefined) {
    return result('certificate-accepted', `${origin} serves a certificate that verifies${until}`);
  }
  const message = `the API server refuses the certificate of ${origin}: ${served.problem}${until}`;
  return result('certificate-refused', message, renew(undefined));
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
