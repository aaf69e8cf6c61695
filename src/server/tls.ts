import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { certificatesIn } from '../input/pem.ts';
import { plain } from '../input/plain.ts';

/** Where the certificate chain and its private key are, and the authorities of callers where these need a certificate; PEM. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string;
}

/** A certificate chain and the private key that belongs to it, and whose certificates callers need. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa?: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A usable certificate, or one sentence that names the faulty file. */
export type CertificateResult =
  | { readonly ok: true; readonly certificate: Certificate }
  | { readonly ok: false; readonly problem: string };

/** Reads the files and makes sure that they are what they should be, and a certificate and its key a pair; says nothing about the period of validity. */
export async function readCertificate(files: CertificateFiles): Promise<CertificateResult> {
  const { certFile, keyFile, clientCaFile } = files;
  try {
    const cert = await orThrow(certFile, () => readFile(certFile));
    const key = await orThrow(keyFile, () => readFile(keyFile));
    const x509 = await orThrow(certFile, () => new X509Certificate(cert), 'is not a PEM certificate');
    const privateKey = await orThrow(keyFile, () => createPrivateKey(key), 'is not an unencrypted PEM private key');
    if (!x509.checkPrivateKey(privateKey)) {
      return { ok: false, problem: `${keyFile}: does not belong to the certificate in ${certFile}` };
    }
    await orThrow(certFile, () => createSecureContext({ cert, key }));
    const clientCa = clientCaFile === undefined ? {} : { clientCa: await readAuthorities(clientCaFile) };
    const period = { notBefore: new Date(x509.validFrom), notAfter: new Date(x509.validTo) };
    return { ok: true, certificate: { cert, key, ...clientCa, ...period } };
  } catch (error) {
    return { ok: false, problem: plain(error) };
  }
}

// Node takes a text without any certificate for no authority at all, and then trusts those of the system.
async function readAuthorities(file: string): Promise<Buffer> {
  const text = await orThrow(file, () => readFile(file, 'utf8'));
  const found = certificatesIn(text);
  if (found.length === 0) throw new Error(`${file}: holds no PEM certificate`);
  for (const [index, one] of found.entries()) {
    const { ca } = await orThrow(file, () => new X509Certificate(one), `its certificate ${index + 1} cannot be read`);
    if (!ca) throw new Error(`${file}: its certificate ${index + 1} is not an authority's`);
  }
  return Buffer.from(found.join(''));
}

async function orThrow<T>(file: string, read: () => T | Promise<T>, problem?: string): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new Error(`${file}: ${problem ?? plain(error)}`, { cause: error });
  }
}

const NONE = Buffer.alloc(0);

/** True when both hold the same bytes. */
export function isSameCertificate(left: Certificate, right: Certificate): boolean {
  const sameAuthorities = (left.clientCa ?? NONE).equals(right.clientCa ?? NONE);
  return sameAuthorities && left.cert.equals(right.cert) && left.key.equals(right.key);
}
