import { createPrivateKey, X509Certificate } from 'node:crypto';
import { get, text } from '../core/json.ts';
import { certificatesIn } from '../input/pem.ts';
import type { KeyPair } from '../x509/authority.ts';

/** What the Secret holds. */
export interface Stored {
  /** The authorities that the API server is to trust, the newest first; PEM, one certificate each. */
  readonly authorities: readonly string[];
  /** What the server shows, and since when it lies in the Secret. */
  readonly current: KeyPair | undefined;
  readonly since: Date | undefined;
  /** What it will show once the API server trusts its authority. */
  readonly next: KeyPair | undefined;
}

/** The Secret's keys: those of a TLS Secret, and ours. */
const KEYS = {
  authorities: 'ca.crt',
  certificate: 'tls.crt',
  key: 'tls.key',
  since: 'since',
  nextCertificate: 'next.crt',
  nextKey: 'next.key',
} as const;

/** Reads a Secret's `data`; what cannot be used counts as absent, so that it is replaced. */
export function readStored(data: unknown): Stored {
  const decoded = (key: keyof typeof KEYS) => Buffer.from(text(data, KEYS[key]) ?? '', 'base64').toString();
  const since = new Date(decoded('since'));
  return {
    authorities: certificatesIn(decoded('authorities')).filter((one) => certificateOf(one) !== undefined),
    current: pairOf(decoded('certificate'), decoded('key')),
    since: Number.isNaN(since.getTime()) ? undefined : since,
    next: pairOf(decoded('nextCertificate'), decoded('nextKey')),
  };
}

/** The Secret's `data` as a merge patch: a key without a value is removed. */
export function writeStored({ authorities, current, since, next }: Stored): Readonly<Record<string, string | null>> {
  const values: { readonly [key in keyof typeof KEYS]: string | undefined } = {
    authorities: bundleOf(authorities),
    certificate: current?.certificate,
    key: current?.key,
    since: since?.toISOString(),
    nextCertificate: next?.certificate,
    nextKey: next?.key,
  };
  const names = Object.keys(KEYS) as (keyof typeof KEYS)[];
  return Object.fromEntries(names.map((name) => [KEYS[name], base64(values[name])]));
}

/** The authorities as one PEM text, which is the `caBundle` of the API server. */
export function bundleOf(authorities: readonly string[]): string {
  return authorities.join('');
}

function base64(value: string | undefined): string | null {
  return value === undefined ? null : Buffer.from(value).toString('base64');
}

function pairOf(certificate: string, key: string): KeyPair | undefined {
  const x509 = certificateOf(certificate);
  try {
    return x509?.checkPrivateKey(createPrivateKey(key)) ? { certificate, key } : undefined;
  } catch {
    return undefined;
  }
}

/** A certificate, or undefined when the text is none. */
export function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** The resourceVersion of an object, which makes a later write fail when somebody has changed it meanwhile. */
export function versionOf(object: unknown): string {
  return text(get(object, 'metadata'), 'resourceVersion') ?? '';
}
