// The parts of a CustomResourceDefinition: a schema holds the fields that the chart sets and no others, so that the API server
// refuses a field or a type that the operator does not have.

/** The schema of a part of an object. */
export type Schema = Readonly<Record<string, unknown>>;

/** An object with these fields. */
export function object(properties: Record<string, unknown>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

/** A list of such items. */
export function list(items: Schema): Schema {
  return { type: 'array', items };
}

/** A namespaced kind of `group` whose objects have such a spec. */
export function definition(group: string, kind: string, spec: Schema) {
  const singular = kind.toLowerCase();
  const schema = { openAPIV3Schema: object({ spec }, ['spec']) };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural: `${singular}s`, singular },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}
