import { type CertificateRequest, type KeyPair, newAuthority, type Period } from '../../src/x509/authority.ts';

export type { KeyPair } from '../../src/x509/authority.ts';

/** A certificate authority for one run: its certificate, and those that it signs for loopback. */
export interface Authority {
  readonly certificate: string;
  /** By default a server's certificate, valid for 30 days; localhost and 127.0.0.1 are always among its names. */
  issue(request?: Partial<CertificateRequest>): Promise<KeyPair>;
}

const DAY = 24 * 60 * 60 * 1000;

/** Makes an authority in memory. */
export async function createAuthority(commonName: string): Promise<Authority> {
  const { certificate, issue } = await newAuthority(commonName, monthFromNow());
  return {
    certificate,
    issue: ({ names = [], addresses = [], ...request } = {}) =>
      issue({
        commonName: `${commonName} server`,
        usage: 'serverAuth',
        ...monthFromNow(),
        ...request,
        names: ['localhost', ...names],
        addresses: ['127.0.0.1', ...addresses],
      }),
  };
}

function monthFromNow(): Period {
  return { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 30 * DAY) };
}
