// cert-manager itself cannot be had without its images. These definitions hold the fields that the chart sets and no
// others, so that the API server refuses a field or a type that cert-manager does not have.

const text = { type: 'string' };
const integer = { type: 'integer' };
const texts = { type: 'array', items: text };

function object(properties: Record<string, unknown>, required: readonly string[] = []): Record<string, unknown> {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

function definition(kind: string, spec: Record<string, unknown>) {
  const singular = kind.toLowerCase();
  const schema = { openAPIV3Schema: object({ spec }, ['spec']) };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.cert-manager.io` },
    spec: {
      group: 'cert-manager.io',
      names: { kind, listKind: `${kind}List`, plural: `${singular}s`, singular },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

/** CustomResourceDefinitions of cert-manager's Issuer and Certificate, cut down to what the chart uses. */
export const CERT_MANAGER_CRDS = [
  definition('Issuer', object({ selfSigned: object({}), ca: object({ secretName: text }, ['secretName']) })),
  definition(
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
