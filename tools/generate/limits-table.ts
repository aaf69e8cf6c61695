import { LIMITS } from '../../src/core/limits.ts';
import { SERVER_LIMITS } from '../../src/server/limits.ts';
import { table } from './markdown.ts';

/** What the server takes on at once, as a table. */
export function serverLimitsTable(): string {
  const rows = Object.values(SERVER_LIMITS).map(({ what, value, unit, why }) => [what, amount(value, unit), why]);
  return table(['what', 'at most', 'why'], rows);
}

/** How much is read of what a pod's author writes, as a table. */
export function podLimitsTable(): string {
  const rows = Object.values(LIMITS).map(({ what, most, why }) => [what, most.toLocaleString('en'), why]);
  return table(['what', 'at most', 'why'], rows);
}

function amount(value: number, unit: string): string {
  if (unit !== 'bytes') return `${value.toLocaleString('en')} ${unit}`;
  return value >= 2 ** 20 ? `${value / 2 ** 20} MiB` : `${value / 2 ** 10} KiB`;
}
