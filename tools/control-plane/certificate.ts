import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { bitString, integer, list, objectId, octets, set, tagged, text, time } from './der.ts';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** What a serving certificate is for. */
export interface CertificateRequest {
  /** DNS names; 127.0.0.1 and localhost are always there. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** A certificate authority for one run: its certificate, and serving certificates that it signs. */
export interface Authority {
  readonly certificate: string;
  issue(request?: CertificateRequest): KeyPair;
}

const DAY = 24 * 60 * 60 * 1000;
const ECDSA_WITH_SHA256 = list(objectId('2a8648ce3d040302'));
const COMMON_NAME = objectId('550403');
const BASIC_CONSTRAINTS = objectId('551d13');
const SUBJECT_ALT_NAME = objectId('551d11');
const TRUE = Buffer.from('0101ff', 'hex');

/** Makes an ECDSA P-256 authority in memory: Node has no call for it, and openssl is not on every machine. */
export function createAuthority(commonName: string): Authority {
  const { privateKey, publicKey } = newKey();
  const isAuthority = list(BASIC_CONSTRAINTS, TRUE, octets(list(TRUE)));
  const validity = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 30 * DAY) };
  const sign = (subject: string, key: KeyObject, extension: Buffer, { notBefore, notAfter }: typeof validity) =>
    signed(privateKey, tbsCertificate({ issuer: commonName, subject, notBefore, notAfter, key, extension }));
  return {
    certificate: sign(commonName, publicKey, isAuthority, validity),
    issue({ names = [], ...dates } = {}) {
      const leaf = newKey();
      const altNames = list(SUBJECT_ALT_NAME, octets(list(...subjectAltNames(['localhost', ...names]))));
      return {
        certificate: sign(`${commonName} server`, leaf.publicKey, altNames, { ...validity, ...dates }),
        key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

interface Contents {
  readonly issuer: string;
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly key: KeyObject;
  readonly extension: Buffer;
}

/** The to-be-signed part of an X.509 v3 certificate, in the order of RFC 5280 section 4.1. */
function tbsCertificate({ issuer, subject, notBefore, notAfter, key, extension }: Contents): Buffer {
  return list(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    list(time(notBefore), time(notAfter)),
    distinguishedName(subject),
    key.export({ type: 'spki', format: 'der' }),
    tagged(3, list(extension)),
  );
}

function signed(key: KeyObject, tbs: Buffer): string {
  const signature = createSign('sha256').update(tbs).sign(key);
  const der = list(tbs, ECDSA_WITH_SHA256, bitString(signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${der.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}

function newKey(): { privateKey: KeyObject; publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function distinguishedName(commonName: string): Buffer {
  return list(set(list(COMMON_NAME, text(commonName))));
}

function subjectAltNames(names: readonly string[]): Buffer[] {
  const dnsNames = names.map((name) => Buffer.concat([Buffer.from([0x82, name.length]), Buffer.from(name, 'ascii')]));
  return [...dnsNames, Buffer.from([0x87, 4, 127, 0, 0, 1])];
}
