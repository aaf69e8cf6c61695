import { get, isObject, type JsonObject, text } from '../../core/json.ts';
import { oneLine } from '../../core/warnings.ts';

/** An object of a manifest. */
export interface ManifestObject {
  readonly object: JsonObject;
  /** JSON Pointer of the object in its document: empty, or `/items/3`. */
  readonly pointer: string;
}

/** The objects of a document: the object itself, or the items of a List or an OpenShift Template. */
export function objectsIn(content: unknown, pointer = ''): ManifestObject[] {
  if (!isObject(content)) return [];
  const kind = text(content, 'kind') ?? '';
  const key = kind.endsWith('List') ? 'items' : kind === 'Template' ? 'objects' : undefined;
  const items = key === undefined ? undefined : get(content, key);
  if (!Array.isArray(items)) return [{ object: content, pointer }];
  return items.flatMap((item, index) => objectsIn(item, `${pointer}/${key}/${index}`));
}

/** How people name an object. */
export interface Identity {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
}

/** The kind, namespace and name of an object; `namespace` stands in where it states none. */
export function identityOf(object: JsonObject, namespace: string | undefined): Identity {
  const metadata = get(object, 'metadata');
  return {
    kind: text(object, 'kind') ?? '',
    namespace: text(metadata, 'namespace') ?? namespace ?? null,
    name: text(metadata, 'name') ?? text(metadata, 'generateName') ?? '',
  };
}

/** `Deployment web/elk`, or `Elasticsearch quickstart (nodeSets[0])`; fit for a terminal. */
export function nameOf({ kind, namespace, name }: Identity, part?: string): string {
  const path = namespace === null ? name : `${namespace}/${name}`;
  return oneLine(`${kind} ${path || '(no name)'}${part ? ` (${part})` : ''}`);
}
