import { createHash, X509Certificate } from 'node:crypto';
import { get, isObject, type Json, type JsonObject, objects, text } from '../../../core/json.ts';

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[private key removed]'],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g, '[token removed]'],
  [/\/\/[^\s/@"']{1,500}@/g, '//[credentials removed]@'],
];

/** Takes out what looks like a key, a token or a password in a URL: a second net under the choice of what is read at all. */
export function scrub(content: string): string {
  return SECRETS.reduce((left, [pattern, instead]) => left.replace(pattern, instead), content);
}

/** Only these keys of an object, those that are there. */
export function only(object: unknown, keys: readonly string[]): JsonObject {
  const kept = keys.flatMap((key): [string, Json][] => {
    const value = get(object, key);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(kept);
}

/** A configuration of webhooks without what the API server keeps for itself, and with a summary in the place of each CA. */
export function withoutCertificates(configuration: JsonObject): JsonObject {
  const metadata = only(get(configuration, 'metadata'), ['name', 'labels', 'creationTimestamp', 'generation']);
  const webhooks = objects(configuration, 'webhooks').map((webhook) => {
    const client = get(webhook, 'clientConfig');
    const caBundle = authorities(text(client, 'caBundle') ?? '');
    return { ...webhook, clientConfig: { ...(isObject(client) && client), caBundle } };
  });
  return { metadata, webhooks };
}

function authorities(caBundle: string): Json {
  const pem = Buffer.from(caBundle, 'base64').toString('utf8');
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => {
      const { subject, issuer, validFrom, validTo, fingerprint256 } = new X509Certificate(block);
      return { subject, issuer, validFrom, validTo, fingerprint256 };
    });
  } catch {
    return `${blocks.length} blocks that cannot be read`;
  }
}

/** The SHA-256 of a text, in hexadecimal. */
export function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
