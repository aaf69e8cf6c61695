import { type $ZodIssue as Issue, type JSONSchema, toDotPath, toJSONSchema } from 'zod/v4/core';
import { catalogueOf } from '../core/catalogue.ts';
import { parseImage } from '../core/image.ts';
import type { Settings } from '../core/settings.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { type KeyPath, parseYaml, type YamlResult } from './yaml.ts';

/** The configuration in force. */
export interface Config extends Pick<ConfigFile, 'listen' | 'tls' | 'auth' | 'log'> {
  readonly settings: Settings;
  /** What is allowed but worth a warning at start, one sentence each. */
  readonly notes: readonly string[];
}

/** A configuration, or every problem of the file, one line each. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The configuration in a YAML text; `file` is for the messages. */
export function parseConfig(text: string, file: string): ConfigResult {
  return configOf(parseYaml(text, file));
}

function configOf(yaml: YamlResult): ConfigResult {
  if (!yaml.ok) return yaml;
  const parsed = configSchema.safeParse(yaml.value ?? {});
  const problems = problemsOf(parsed.error?.issues ?? [], yaml.oddNumbers);
  return parsed.success && problems.length === 0 ? { ok: true, config: inForce(parsed.data) } : { ok: false, problems };
}

function inForce(file: ConfigFile): Config {
  const { listen, tls, auth, log, workloads, disabledWorkloads, ...rest } = file;
  const hasDigest = parseImage(rest.initContainer.image)?.digest !== undefined;
  return {
    settings: { ...rest, catalogue: catalogueOf(workloads, disabledWorkloads) },
    listen,
    tls,
    auth,
    log,
    notes: hasDigest
      ? []
      : [
          'initContainer.image has no digest: whoever can move its tag runs code as root on your nodes; pin it with @sha256:...',
        ],
  };
}

function problemsOf(issues: readonly Issue[], oddNumbers: readonly KeyPath[]): string[] {
  const problems = new Map<string, string>();
  for (const issue of issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    for (const key of keys) problems.set(dotted([...issue.path, key]), unknownKey(key, issue.path));
    if (keys.length === 0) problems.set(dotted(issue.path), sentence(issue));
  }
  for (const path of oddNumbers) {
    const expectsText = problems.get(dotted(path))?.startsWith('expected string');
    if (!expectsText) problems.set(dotted(path), 'must be written as a plain decimal integer, for example 262144');
  }
  return [...problems].map(([path, problem]) => `${path || 'the file'}: ${problem}`);
}

function dotted(path: readonly PropertyKey[]): string {
  return toDotPath(path);
}

function sentence(issue: Issue): string {
  if (issue.message.endsWith('received null')) return 'has no value: give it one, or leave the key out for the default';
  if (issue.message.endsWith('received undefined')) return 'is missing';
  if (/expected (?:int|number), received string/.test(issue.message)) return 'must be a number without quotes';
  return issue.message
    .replace(/^Invalid \w+: |^Too (?:big|small): /, '')
    .replace(/^expected \w+ to be ([<>]=)/, 'must be $1 ');
}

function unknownKey(key: string, parent: readonly PropertyKey[]): string {
  const near = keysAt(parent).find((known) => distance(known.toLowerCase(), key.toLowerCase()) <= 2);
  return near === undefined ? 'unknown key' : `unknown key; did you mean ${near}?`;
}

function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: JSONSchema._JSONSchema | undefined = toJSONSchema(configSchema, { io: 'input' });
  for (const step of path) {
    if (typeof schema !== 'object') return [];
    const { items, properties } = schema as JSONSchema.ObjectSchema & JSONSchema.ArraySchema;
    schema = typeof step === 'number' ? (Array.isArray(items) ? undefined : items) : properties?.[String(step)];
  }
  return typeof schema === 'object' ? Object.keys(schema.properties ?? {}) : [];
}

// Levenshtein's edit distance of two short words.
function distance(left: string, right: string): number {
  let previous = [...Array(right.length + 1).keys()];
  for (const [row, char] of [...left].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...right].entries()) {
      const replaced = (previous[column] ?? 0) + (char === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
