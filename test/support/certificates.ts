import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateFiles } from '../../src/server/tls.ts';

/** A directory of its own under the system's temporary one, with a way to remove it. */
export function temporaryDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'max-map-count-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Makes a self-signed ECDSA P-256 certificate for loopback with openssl, valid for 30 days from now. */
export function makeCertificate(directory: string, name: string): CertificateFiles {
  const files = { certFile: join(directory, `${name}.crt`), keyFile: join(directory, `${name}.key`) };
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
      ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', files.keyFile, '-out', files.certFile],
    ],
    { stdio: 'pipe' },
  );
  return files;
}

/** Puts the files of one certificate in the place of another's, as an update of a Secret does. */
export function replaceCertificate(target: CertificateFiles, source: Partial<CertificateFiles>): void {
  if (source.keyFile) copyFileSync(source.keyFile, target.keyFile);
  if (source.certFile) copyFileSync(source.certFile, target.certFile);
}
