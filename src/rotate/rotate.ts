import { X509Certificate } from 'node:crypto';
import { newAuthority } from '../x509/authority.ts';
import { type Place, type Read, readSecret, trust, trustedNow, writeSecret } from './cluster.ts';
import { nextStep, type Policy, withForgotten, withIssued, withPromoted } from './steps.ts';
import type { Stored } from './stored.ts';

/** What a rotation works with. */
export interface Rotation {
  readonly place: Place;
  readonly policy: Policy;
  /** Seconds that every API server may take to act on a changed configuration. */
  readonly settleSeconds: number;
  readonly now: () => Date;
  readonly wait: (seconds: number) => Promise<void>;
  readonly log: (line: string) => void;
}

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const AUTHORITY = 'max-map-count-webhook-ca';

/**
 * Does what is to be done about the certificate, if anything. A new certificate is made with an authority of its own, whose key
 * is forgotten at once; it is shown only after the API server has been told to trust that, and the authority before stays trusted
 * until no pod can show its certificate any more. So a run may end anywhere, and the next one goes on from there.
 */
export async function rotate(rotation: Rotation): Promise<void> {
  const { place, policy, now, log } = rotation;
  let read = await readSecret(place);
  if (nextStep(read.stored, now(), policy) === 'issue') read = await issue(rotation, read);
  await tellApiServer(rotation, read.stored);
  if (nextStep(read.stored, now(), policy) === 'promote') read = await promote(rotation, read);
  if (nextStep(read.stored, now(), policy) === 'forget') {
    read = await writeSecret(place, read, withForgotten(read.stored));
    log('the certificate before is no longer shown: its authority is trusted no longer');
    await tellApiServer(rotation, read.stored);
  }
  const { current } = read.stored;
  if (current) log(`the certificate is valid until ${new X509Certificate(current.certificate).validTo}`);
}

async function issue({ place, policy, now, log }: Rotation, read: Read): Promise<Read> {
  const { names, days } = policy;
  // An hour back, for clocks that are late.
  const period = { notBefore: new Date(now().getTime() - HOUR), notAfter: new Date(now().getTime() + days * DAY) };
  const authority = await newAuthority(AUTHORITY, period);
  const [commonName = ''] = names;
  // A common name has at most 64 characters (RFC 5280, ub-common-name); what counts is the list of names.
  const request = { commonName: commonName.slice(0, 64), usage: 'serverAuth', names, ...period } as const;
  const pair = await authority.issue(request);
  // At the first time pods may still show a certificate of another source (tls.mode), which the API server trusts.
  const authorities = read.stored.current ? read.stored.authorities : await trustedNow(place);
  const stored = { ...read.stored, authorities };
  const written = await writeSecret(place, read, withIssued(stored, authority.certificate, pair));
  log(`made a certificate for ${names.join(', ')}, valid for ${days} days`);
  return written;
}

async function tellApiServer({ place, log }: Rotation, { authorities }: Stored): Promise<void> {
  const changed = await trust(place, authorities);
  const those = authorities.length === 1 ? 'one authority' : `${authorities.length} authorities`;
  for (const name of changed) log(`MutatingWebhookConfiguration ${name} now trusts ${those}`);
}

/** The wait is for a certificate in use: without one nothing can break. */
async function promote({ place, settleSeconds, now, wait, log }: Rotation, read: Read): Promise<Read> {
  if (read.stored.current) {
    log(`waiting ${settleSeconds} s, until every API server knows that`);
    await wait(settleSeconds);
  }
  const written = await writeSecret(place, read, withPromoted(read.stored, now()));
  log(`Secret ${place.namespace}/${place.secret} now holds the new certificate; pods show it within about two minutes`);
  return written;
}
