import { X509Certificate } from 'node:crypto';
import { type CheckResult, unknown } from './check-result.ts';
import type { Entry } from './registration.ts';
import type { Survey } from './survey.ts';

/** Is there a CA, is it valid, and does what is served verify against it. */
export function checkCertificate(survey: Survey, now: Date): CheckResult[] {
  const { registrations } = survey;
  if (!registrations.ok) return [unknown('certificate', registrations)];
  const entries = registrations.value.flatMap((registration) => registration.entries);
  const results = entries.map((entry) => authorityFinding(entry, now) ?? servedFinding(entry, survey));
  // The entries of one release share their certificate, so most would only repeat each other.
  return [...new Map(results.map((finding) => [finding.message, finding])).values()];
}

function authorityFinding({ name, caBundle, service }: Entry, now: Date): CheckResult | undefined {
  const check = 'certificate';
  if (caBundle === '') {
    const where = service ? `kubectl -n ${service.namespace} describe certificate` : 'set clientConfig.caBundle';
    return {
      check,
      level: 'finding',
      message: `${name} has an empty caBundle, so the API server cannot verify the webhook`,
      remedy: where,
    };
  }
  const ends = authorityEnds(caBundle);
  if (ends === undefined)
    return {
      check,
      level: 'finding',
      message: `the caBundle of ${name} holds no certificate`,
      remedy: 'put the PEM of the CA there',
    };
  if (ends > now) return undefined;
  return { check, level: 'finding', message: `the CA in caBundle expired on ${day(ends)}`, remedy: renew(service) };
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

function servedFinding(entry: Entry, survey: Survey): CheckResult {
  const works = survey.probe.ok && survey.probe.value.outcome === 'patched';
  const name = entry.service
    ? `Service ${entry.service.namespace}/${entry.service.name}`
    : URL.parse(entry.url ?? '')?.origin;
  const answers = entry.url !== undefined && survey.served.get(entry.url)?.answers === true;
  if (works && !answers) {
    const message = `the API server accepts the certificate of ${name}: the probe came back patched`;
    return { check: 'certificate', level: 'ok', message };
  }
  return entry.service ? behindService(entry.service, survey) : atUrl(entry.url ?? '', survey);
}

function behindService({ namespace, name }: { namespace: string; name: string }, { endpoints }: Survey): CheckResult {
  const check = 'certificate';
  const ready = endpoints.get(`${namespace}/${name}`);
  if (ready?.ok && ready.value === 0) {
    const message = `Service ${namespace}/${name} has no ready endpoint: the webhook is down`;
    const remedy = `kubectl -n ${namespace} get pods -l app.kubernetes.io/name=max-map-count-webhook`;
    return { check, level: 'finding', message, remedy };
  }
  const message = `Service ${namespace}/${name} cannot be reached from here, so its certificate was not seen`;
  return { check, level: 'unknown', message };
}

function atUrl(url: string, survey: Survey): CheckResult {
  const check = 'certificate';
  const served = survey.served.get(url);
  const origin = URL.parse(url)?.origin ?? url;
  if (!served?.answers) {
    const message = `${origin} does not answer: ${served?.problem ?? 'it was not asked'}`;
    return { check, level: 'finding', message, remedy: 'start the webhook, or correct clientConfig.url' };
  }
  const until = served.expires ? `, valid until ${day(served.expires)}` : '';
  if (served.problem === undefined) {
    return { check, level: 'ok', message: `${origin} serves a certificate that verifies${until}` };
  }
  const message = `the API server refuses the certificate of ${origin}: ${served.problem}${until}`;
  return { check, level: 'finding', message, remedy: renew(undefined) };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
