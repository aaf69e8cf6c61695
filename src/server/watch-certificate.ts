import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { type Certificate, type CertificateFiles, isSameCertificate, readCertificate } from './tls.ts';

const DAY = 24 * 60 * 60 * 1000;

/** The certificate in use, kept up to date from its files. */
export interface CertificateWatch {
  readonly isExpired: () => boolean;
  readonly stop: () => void;
}

/** What the watch works with. */
export interface WatchOptions {
  readonly files: CertificateFiles;
  readonly certificate: Certificate;
  /** Puts a new certificate to use. */
  readonly apply: (certificate: Certificate) => void;
  /** Milliseconds between two looks at the files; polled, because a Secret volume's symlink swap fires no file event. */
  readonly every: number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => Date;
}

/** Looks at the certificate files again and again; a changed pair that can be used replaces the one in use, a faulty one never does. */
export function watchCertificate(options: WatchOptions): CertificateWatch {
  const { files, apply, every, log, metrics, now } = options;
  let current = options.certificate;
  let lastProblem = '';
  let warnedOf: Certificate | undefined;

  const announce = () => {
    metrics.setCertificateExpiry(current.notAfter);
    if (warnedOf === current || !isDue(current, now())) return;
    warnedOf = current;
    log.warn({ notBefore: current.notBefore, notAfter: current.notAfter }, expiryWarning(current, now()));
  };
  const look = async () => {
    const found = await readCertificate(files);
    const changed = !found.ok || !isSameCertificate(found.certificate, current);
    const problem = !changed ? '' : found.ok ? outsideValidity(files, found.certificate, now()) : found.problem;
    if (problem !== '' && problem !== lastProblem) {
      metrics.certificateReloadFailed();
      log.warn({ problem }, 'the changed certificate cannot be used; the one in use stays');
    }
    lastProblem = problem;
    if (found.ok && changed && problem === '') {
      current = found.certificate;
      apply(current);
      log.info({ notAfter: current.notAfter }, 'certificate replaced');
    }
    announce();
  };

  announce();
  let stopped = false;
  let timer = setTimeout(function poll() {
    void look().finally(() => {
      if (!stopped) timer = setTimeout(poll, every).unref();
    });
  }, every).unref();
  return {
    isExpired: () => current.notAfter < now(),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function outsideValidity({ certFile }: CertificateFiles, { notBefore, notAfter }: Certificate, now: Date): string {
  if (now < notBefore) return `${certFile}: is not valid before ${notBefore.toISOString()}`;
  return now > notAfter ? `${certFile}: expired at ${notAfter.toISOString()}` : '';
}

// Issuers renew after two thirds of the lifetime: in the last fifth, or the last 14 days of a long one, something is wrong.
function isDue({ notBefore, notAfter }: Certificate, now: Date): boolean {
  const lead = Math.min(14 * DAY, (notAfter.getTime() - notBefore.getTime()) / 5);
  return now < notBefore || now.getTime() > notAfter.getTime() - lead;
}

function expiryWarning({ notBefore, notAfter }: Certificate, now: Date): string {
  if (now < notBefore) return 'the certificate is not valid yet: the API server will refuse it';
  if (now > notAfter) return 'the certificate has expired: the API server refuses it, so no pod is patched';
  return 'the certificate expires soon and was not renewed';
}
