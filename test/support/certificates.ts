import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateFiles } from '../../src/server/tls.ts';
import { createAuthority } from '../../tools/control-plane/certificate.ts';

/** A directory of its own under the system's temporary one, with a way to remove it. */
export function temporaryDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'max-map-count-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Makes a certificate for loopback that calls itself `NAME server`, valid for 30 days from now, and writes its files. */
export async function makeCertificate(directory: string, name: string): Promise<CertificateFiles> {
  const files = { certFile: join(directory, `${name}.crt`), keyFile: join(directory, `${name}.key`) };
  const { certificate, key } = await (await createAuthority(name)).issue();
  writeFileSync(files.certFile, certificate);
  writeFileSync(files.keyFile, key);
  return files;
}

/** Puts the files of one certificate in the place of another's, as an update of a Secret does. */
export function replaceCertificate(target: CertificateFiles, source: Partial<CertificateFiles>): void {
  if (source.keyFile) copyFileSync(source.keyFile, target.keyFile);
  if (source.certFile) copyFileSync(source.certFile, target.certFile);
}
