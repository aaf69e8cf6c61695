import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { readConfig } from '../config/read-config.ts';
import { configSchema } from '../config/schema.ts';
import { builtInWorkloads, type Catalogue } from '../core/catalogue.ts';
import type { Workload } from '../core/workload.ts';
import { EXIT, Failure } from './failure.ts';
import { type Io, paint } from './io.ts';
import { asWritten } from './print-catalogue.ts';

/** Prints the webhook's configuration with every default written out; it is valid input for `--config`. */
export function renderConfig(path: string | undefined, { stdout, stderr }: Io): number {
  const result = readConfig(path);
  if (!result.ok) throw new Failure(result.problems.join('\n'));
  const { settings, notes, ...others } = result.config;
  for (const note of notes) stderr.write(`${paint(stderr, 'cyan', 'note:')} ${note}\n`);
  const values: Readonly<Record<string, unknown>> = { ...others, ...settings, ...rowsOf(settings.catalogue) };
  const file = Object.fromEntries(Object.keys(configSchema.shape).map((key) => [key, values[key]]));
  stdout.write(stringify(file, { lineWidth: 0, aliasDuplicateObjects: false }));
  return EXIT.ok;
}

function rowsOf(catalogue: Catalogue): { workloads: Workload[]; disabledWorkloads: string[] } {
  const rows = catalogue.rows.map(asWritten);
  const isBuiltIn = (row: Workload) => builtInWorkloads.some((builtIn) => isDeepStrictEqual(builtIn, row));
  const names = rows.map(({ name }) => name);
  return {
    workloads: rows.filter((row) => !isBuiltIn(row)),
    disabledWorkloads: builtInWorkloads.map(({ name }) => name).filter((name) => !names.includes(name)),
  };
}
