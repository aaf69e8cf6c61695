import { stringify } from 'yaml';
import type { CatalogueRow } from '../core/catalogue-row.ts';
import { type Workload, workloadSchema } from '../core/workload.ts';
import { settingsFrom } from './config-file.ts';
import { EXIT } from './failure.ts';
import { type Io, table } from './io.ts';

/** The options of `catalogue`. */
export interface CatalogueOptions {
  readonly output: 'text' | 'json' | 'yaml';
  readonly config?: string;
}

/** Prints the rows in force; as YAML they can be pasted under `workloads` of the configuration file. */
export async function catalogue({ output, config }: CatalogueOptions, { stdout }: Io): Promise<number> {
  const { rows } = (await settingsFrom(config)).catalogue;
  stdout.write(output === 'text' ? tableOf(rows) : dataOf(rows.map(asWritten), output));
  return EXIT.ok;
}

function tableOf(rows: readonly CatalogueRow[]): string {
  const lines = rows.map(({ name, title = '', required, recommended, images }) => {
    return [
      name,
      title,
      String(required),
      recommended ? `${recommended.value}${since(recommended.since)}` : '-',
      images.slice(0, 3).join(', '),
    ];
  });
  return table([['NAME', 'TITLE', 'REQUIRED', 'RECOMMENDED', 'IMAGES (FIRST THREE)'], ...lines]);
}

function since(version: string | undefined): string {
  return version === undefined ? '' : ` (since ${version})`;
}

function dataOf(rows: readonly Workload[], output: 'json' | 'yaml'): string {
  return output === 'json'
    ? `${JSON.stringify(rows, null, 2)}\n`
    : stringify(rows, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** A row as it stands in a configuration file, without what is worked out from it. */
export function asWritten(row: CatalogueRow): Workload {
  const keys = Object.keys(workloadSchema.shape);
  return Object.fromEntries(Object.entries(row).filter(([key]) => keys.includes(key))) as Workload;
}
