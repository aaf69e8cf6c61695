import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { plain } from '../input/plain.ts';

/** Where the certificate chain and its private key are, both in PEM. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate chain and the private key that belongs to it. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A usable certificate, or one sentence that names the faulty file. */
export type CertificateResult =
  | { readonly ok: true; readonly certificate: Certificate }
  | { readonly ok: false; readonly problem: string };

/** Reads the two files and makes sure that they are a certificate and its key; says nothing about the period of validity. */
export async function readCertificate(files: CertificateFiles): Promise<CertificateResult> {
  const { certFile, keyFile } = files;
  try {
    const cert = await orThrow(certFile, () => readFile(certFile));
    const key = await orThrow(keyFile, () => readFile(keyFile));
    const x509 = await orThrow(certFile, () => new X509Certificate(cert), 'is not a PEM certificate');
    const privateKey = await orThrow(keyFile, () => createPrivateKey(key), 'is not an unencrypted PEM private key');
    if (!x509.checkPrivateKey(privateKey)) {
      return { ok: false, problem: `${keyFile}: does not belong to the certificate in ${certFile}` };
    }
    await orThrow(certFile, () => createSecureContext({ cert, key }));
    return {
      ok: true,
      certificate: { cert, key, notBefore: new Date(x509.validFrom), notAfter: new Date(x509.validTo) },
    };
  } catch (error) {
    return { ok: false, problem: plain(error) };
  }
}

async function orThrow<T>(file: string, read: () => T | Promise<T>, problem?: string): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new Error(`${file}: ${problem ?? plain(error)}`, { cause: error });
  }
}

/** True when both hold the same bytes. */
export function isSameCertificate(left: Certificate, right: Certificate): boolean {
  return left.cert.equals(right.cert) && left.key.equals(right.key);
}
