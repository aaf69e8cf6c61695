import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** From when to when a certificate is valid. */
export interface Period {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What a certificate is for. */
export interface CertificateRequest extends Period {
  readonly commonName: string;
  readonly usage: 'serverAuth' | 'clientAuth';
  readonly names: readonly string[];
  readonly addresses?: readonly string[];
}

/** A certificate authority: its certificate, and those that it signs. Its key never leaves the process. */
export interface Authority {
  readonly certificate: string;
  issue(request: CertificateRequest): Promise<KeyPair>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Makes an ECDSA P-256 authority in memory: Node has no call for it, and openssl is not everywhere. */
export async function newAuthority(commonName: string, period: Period): Promise<Authority> {
  const keys = await newKeys();
  const own = await X509CertificateGenerator.createSelfSigned(
    {
      ...period,
      serialNumber: newSerialNumber(),
      name: `CN=${commonName}`,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        // By these, two authorities of one name can be trusted side by side: OpenSSL looks no further than the first of them else.
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return {
    certificate: pem(own),
    async issue({ commonName: subject, usage, names, addresses = [], notBefore, notAfter }) {
      const leafKeys = await newKeys();
      const leaf = await X509CertificateGenerator.create(
        {
          notBefore,
          notAfter,
          serialNumber: newSerialNumber(),
          subject: `CN=${subject}`,
          issuer: own.subject,
          publicKey: leafKeys.publicKey,
          signingKey: keys.privateKey,
          signingAlgorithm: ALGORITHM,
          extensions: [
            new SubjectAlternativeNameExtension([
              ...names.map((value) => ({ type: 'dns', value }) as const),
              ...addresses.map((value) => ({ type: 'ip', value }) as const),
            ]),
            new ExtendedKeyUsageExtension([ExtendedKeyUsage[usage]]),
            await AuthorityKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
          ],
        },
        webcrypto,
      );
      const key = await webcrypto.subtle.exportKey('pkcs8', leafKeys.privateKey);
      return { certificate: pem(leaf), key: `${PemConverter.encode(key, 'PRIVATE KEY')}\n` };
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** RFC 5280 section 4.1.2.2: positive and of at most 20 octets; the first octet keeps it so. */
function newSerialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}

function pem(certificate: { toString(format: 'pem'): string }): string {
  return `${certificate.toString('pem')}\n`;
}
