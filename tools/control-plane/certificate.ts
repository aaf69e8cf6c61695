import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** What a serving certificate is for. */
export interface CertificateRequest {
  /** DNS names; localhost is always there. */
  readonly names?: readonly string[];
  /** IP addresses; 127.0.0.1 is always there. */
  readonly addresses?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** A certificate authority for one run: its certificate, and serving certificates that it signs. */
export interface Authority {
  readonly certificate: string;
  issue(request?: CertificateRequest): Promise<KeyPair>;
}

const DAY = 24 * 60 * 60 * 1000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Makes an ECDSA P-256 authority in memory: Node has no call for it, and openssl is not on every machine. */
export async function createAuthority(commonName: string): Promise<Authority> {
  const keys = await newKeys();
  const validity = () => ({ notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 30 * DAY) });
  const own = await X509CertificateGenerator.createSelfSigned(
    {
      ...validity(),
      serialNumber: newSerialNumber(),
      name: `CN=${commonName}`,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    },
    webcrypto,
  );
  return {
    certificate: pem(own),
    async issue({ names = [], addresses = [], ...dates } = {}) {
      const leafKeys = await newKeys();
      const leaf = await X509CertificateGenerator.create(
        {
          ...validity(),
          ...dates,
          serialNumber: newSerialNumber(),
          subject: `CN=${commonName} server`,
          issuer: own.subject,
          publicKey: leafKeys.publicKey,
          signingKey: keys.privateKey,
          signingAlgorithm: ALGORITHM,
          extensions: [
            new SubjectAlternativeNameExtension([
              ...['localhost', ...names].map((value) => ({ type: 'dns', value }) as const),
              ...['127.0.0.1', ...addresses].map((value) => ({ type: 'ip', value }) as const),
            ]),
            new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
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
