// cert-manager itself cannot be had without its images. These definitions hold the fields that the chart sets and no
// others, so that the API server refuses a field or a type that cert-manager does not have.

import { definition, object } from './custom-resources.ts';

const GROUP = 'cert-manager.io';
const text = { type: 'string' };
const integer = { type: 'integer' };
const texts = { type: 'array', items: text };

/** CustomResourceDefinitions of cert-manager's Issuer and Certificate, cut down to what the chart uses. */
export const CERT_MANAGER_CRDS = [
  definition(GROUP, 'Issuer', object({ selfSigned: object({}), ca: object({ secretName: text }, ['secretName']) })),
  definition(
    GROUP,
    'Certificate',
    object(
      {
        secretName: text,
        isCA: { type: 'boolean' },
        commonName: { ...text, maxLength: 64 },
        dnsNames: texts,
        usages: { ...texts, items: { ...text, enum: ['digital signature', 'server auth'] } },
        duration: text,
        renewBefore: text,
        privateKey: object({
          algorithm: { ...text, enum: ['RSA', 'ECDSA', 'Ed25519'] },
          size: integer,
          rotationPolicy: { ...text, enum: ['Never', 'Always'] },
        }),
        issuerRef: object({ group: text, kind: text, name: text }, ['name']),
      },
      ['issuerRef', 'secretName'],
    ),
  ),
];
