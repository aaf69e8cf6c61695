import { stringify } from 'yaml';
import * as z from 'zod';
import { chartConfig } from './values-schema.ts';

const WIDTH = 120;
// From its line to the next key of the first level, with the comments above that.
const BLOCK = /^config:\n(?:(?:[ ].*)?\n)*/m;

/** values.yaml with the `config` block as the configuration's schema has it: keys, defaults, and a sentence for each. */
export function withConfig(valuesYaml: string): string {
  if (!BLOCK.test(valuesYaml)) throw new Error('values.yaml has no config');
  const keys = z.toJSONSchema(chartConfig, { io: 'input' });
  return valuesYaml.replace(BLOCK, `config:\n${linesOf(keys, chartConfig.parse({}), '  ').join('\n')}\n`);
}

function linesOf({ properties = {} }: z.core.JSONSchema.BaseSchema, defaults: object, indent: string): string[] {
  return Object.entries(properties).flatMap(([key, property]) => {
    const value: unknown = Reflect.get(defaults, key);
    if (typeof property !== 'object') return [];
    if (property.properties) return [`${indent}${key}:`, ...linesOf(property, value as object, `${indent}  `)];
    const line = stringify({ [key]: value }, { lineWidth: 0 }).trimEnd();
    return [...comment(property.description ?? '', indent), `${indent}${line}`];
  });
}

/** A comment as helm-docs reads it, wrapped. */
function comment(text: string, indent: string): string[] {
  const lines = [`${indent}# --`];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length > WIDTH) lines.push(`${indent}# ${word}`);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
