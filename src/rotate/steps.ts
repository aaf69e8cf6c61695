import { X509Certificate } from 'node:crypto';
import type { KeyPair } from '../x509/authority.ts';
import { certificateOf, type Stored } from './stored.ts';

/** What is wanted of the certificate. */
export interface Policy {
  /** Names that it must be valid for. */
  readonly names: readonly string[];
  readonly days: number;
  readonly renewBeforeDays: number;
}

/** The next thing to do; each is one write, so that a process that ends anywhere leaves something to go on from. */
export type Step = 'issue' | 'promote' | 'forget' | 'nothing';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/**
 * How long a certificate that was replaced may still be shown: the kubelet brings a changed Secret to the pods within about two
 * minutes, and the server looks every ten seconds. An hour is on the safe side, and no run is as soon after another.
 */
const SHOWN_AFTERWARDS = HOUR;

/** Says what to do next; the API server trusts the stored authorities when it is asked. */
export function nextStep(stored: Stored, now: Date, policy: Policy): Step {
  const { current, next, since } = stored;
  if (next && isGood(next, stored, now, policy)) return 'promote';
  if (!current || !isGood(current, stored, now, policy)) return 'issue';
  const isSettled = since === undefined || now.getTime() - since.getTime() >= SHOWN_AFTERWARDS;
  return isSettled && needed(stored).length < stored.authorities.length ? 'forget' : 'nothing';
}

/** A new pair with its authority waits for the API server's trust; nothing that is shown or trusted now goes. */
export function withIssued(stored: Stored, authority: string, pair: KeyPair): Stored {
  return { ...stored, authorities: [authority, ...stored.authorities], next: pair };
}

/** The pair that waited is shown from now on; the authority of the one before stays trusted. */
export function withPromoted(stored: Stored, now: Date): Stored {
  return { ...stored, current: stored.next, next: undefined, since: now };
}

/** Authorities that have signed nothing that is shown or waits are trusted no longer. */
export function withForgotten(stored: Stored): Stored {
  return { ...stored, authorities: needed(stored) };
}

function needed({ authorities, current, next }: Stored): string[] {
  return authorities.filter((one) => [current, next].some((pair) => pair && hasSigned(one, pair)));
}

function isGood(pair: KeyPair, { authorities }: Stored, now: Date, { names, renewBeforeDays }: Policy): boolean {
  const leaf = new X509Certificate(pair.certificate);
  const left = new Date(leaf.validTo).getTime() - now.getTime();
  const isValid = new Date(leaf.validFrom) <= now && left > renewBeforeDays * DAY;
  return isValid && names.every((name) => leaf.checkHost(name)) && authorities.some((one) => hasSigned(one, pair));
}

function hasSigned(authority: string, { certificate }: KeyPair): boolean {
  const [signer, leaf] = [certificateOf(authority), certificateOf(certificate)];
  if (signer === undefined || leaf === undefined) return false;
  return leaf.checkIssued(signer) && leaf.verify(signer.publicKey);
}
