import * as z from 'zod';
import { configSchema } from '../../src/config/schema.ts';
import { code, table } from './markdown.ts';

type Schema = z.core.JSONSchema.BaseSchema;

interface Key {
  readonly path: string;
  readonly schema: Schema;
  readonly mustBeThere: boolean;
}

/** Every key of the configuration file, as a table. Throws when the schema has no description of one. */
export function configTable(): string {
  const keys = keysIn(z.toJSONSchema(configSchema, { io: 'input' }), '');
  const rows = keys.map((key) => [code(key.path), typeOf(key.schema), defaultOf(key), meaningOf(key)]);
  return table(['key', 'type', 'default', 'meaning'], rows);
}

function meaningOf({ path, schema: { description } }: Key): string {
  if (description === undefined) throw new Error(`${path} has no description in its schema`);
  return description;
}

// A mapping with keys of its own is no row: its keys are.
function keysIn(schema: Schema, path: string, mustBeThere = false): Key[] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const isRequired = schema.required?.includes(name) ?? false;
    return keysIn(asSchema(property), path === '' ? name : `${path}.${name}`, isRequired);
  });
  if (schema.properties) return inner;
  const items = schema.items
    ? keysIn(asSchema(schema.items), `${path}[]`).filter((key) => key.path !== `${path}[]`)
    : [];
  const options = (schema.anyOf ?? []).flatMap((option) =>
    keysIn(asSchema(option), path).filter((key) => key.path !== path),
  );
  return [{ path, schema, mustBeThere }, ...items, ...options];
}

function asSchema(value: Schema['items'] | boolean): Schema {
  return typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(', ');
  if (schema.anyOf) return schema.anyOf.map((option) => typeOf(asSchema(option))).join(' or ');
  switch (schema.type) {
    case 'integer':
      return `integer, ${schema.minimum} to ${schema.maximum}`;
    case 'array':
      return `list of ${pluralOf(asSchema(schema.items))}`;
    case 'object':
      return 'mapping';
    default:
      return String(schema.type);
  }
}

function pluralOf({ type, items }: Schema): string {
  if (type === 'array') return `lists of ${pluralOf(asSchema(items))}`;
  return type === 'object' ? 'mappings' : `${type}s`;
}

function defaultOf({ schema, mustBeThere }: Key): string {
  if (schema.default === undefined) return mustBeThere ? 'must be given' : 'none';
  return code(typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default));
}
