import * as z from 'zod';
import { valuesSchema } from './values-schema.ts';
import { meanings } from './values-table.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/** values.schema.json: the schema, with the sentences of values.yaml for whoever edits values with its help. */
export function valuesSchemaText(valuesYaml: string): string {
  const schema = z.toJSONSchema(valuesSchema, { io: 'input', target: 'draft-7' });
  for (const { path, meaning } of meanings(valuesYaml)) describe(schema, path, meaning);
  return `${JSON.stringify({ title: 'Values of the max-map-count-webhook chart', ...schema }, null, 2)}\n`;
}

function describe(schema: Schema, [key = '', ...rest]: readonly string[], meaning: string): void {
  const property = schema.properties?.[key];
  if (typeof property !== 'object') throw new Error(`the schema of the values has no ${key} (values-schema.ts)`);
  if (rest.length > 0) describe(property, rest, meaning);
  else property.description = meaning;
}
