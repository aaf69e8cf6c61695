import { table } from '../tools/generate/markdown.ts';
import type { ApiServerFigures } from './api-server.ts';
import { type EndpointFigures, RATE } from './endpoint.ts';
import type { Panel } from './plot.ts';
import type { PluginFigures } from './plugin.ts';

/** Where and when the figures were taken. */
export interface Circumstances {
  readonly machine: string;
  readonly node: string;
  /** The tree of `src` in git. */
  readonly source: string;
  readonly date: string;
  /** The average number of processes that wanted to run, before and after. */
  readonly load: string;
}

const us = (value: number) => `${value.toFixed(0)} µs`;
const ms = (value: number) => `${value.toFixed(2)} ms`;
const times = (value: number) => `${value.toFixed(2)} ×`;

/** All that was measured. */
export interface Figures {
  readonly endpoints: readonly EndpointFigures[];
  readonly apiServer: readonly ApiServerFigures[];
  readonly plugin: readonly PluginFigures[];
}

/** The measured part of docs/performance.md. */
export function report(circumstances: Circumstances, { endpoints, apiServer, plugin }: Figures): string {
  const { machine, node, source, date, load } = circumstances;
  return [
    `Measured on ${date}, tree ${source} of src in git: ${machine}, Node.js ${node}, load average ${load}.`,
    '### One review, at the server',
    endpointTable(endpoints),
    `Latency at ${RATE} reviews a second, from when each was due; CPU of all threads as the scheduler counts it.`,
    '### One pod, at the API server',
    apiServer.length === 0 ? 'Not measured.' : apiServerTable(apiServer),
    '### The plugin',
    pluginTable(plugin),
  ].join('\n\n');
}

function endpointTable(endpoints: readonly EndpointFigures[]): string {
  const columns: [string, (one: EndpointFigures) => string][] = [
    ['CPU, no match', ({ missCpu }) => us(missCpu)],
    ['CPU, patched', ({ hitCpu }) => us(hitCpu)],
    ['CPU, no match, the first of its template', ({ firstMissCpu }) => us(firstMissCpu)],
    ['CPU, patched, the first of its template', ({ firstHitCpu }) => us(firstHitCpu)],
    ['reviews per core, ours to theirs, no match', ({ missRatio }) => times(missRatio)],
    ['the same, patched', ({ hitRatio }) => times(hitRatio)],
    ['the same, no match, the first of its template', ({ firstMissRatio }) => times(firstMissRatio)],
    ['the same, patched, the first of its template', ({ firstHitRatio }) => times(firstHitRatio)],
    ['latency p50', ({ p50 }) => ms(p50)],
    ['latency p99', ({ p99 }) => ms(p99)],
    ['memory, idle', ({ idle }) => `${idle.toFixed(0)} MB`],
    ['memory, highest', ({ loaded }) => `${loaded.toFixed(0)} MB`],
    ['start to first answer', ({ start }) => `${start.toFixed(0)} ms`],
  ];
  return table(
    ['', ...endpoints.map(({ name }) => name)],
    columns.map(([name, show]) => [name, ...endpoints.map(show)]),
  );
}

function apiServerTable(rows: readonly ApiServerFigures[]): string {
  const cells = rows.map(({ name, p50, p99, added }) => [name, ms(p50), ms(p99), ms(added)]);
  return table(['a dry-run create', 'p50', 'p99', 'added to the first row, median'], cells);
}

/** The time that commands of the plugin take, as a table. */
export function pluginTable(rows: readonly PluginFigures[]): string {
  const bare = rows[0]?.median ?? 0;
  const whole = (value: number) => `${value.toFixed(0)} ms`;
  const cells = rows.map(({ command, median, slowest }) => [
    `\`${command}\``,
    whole(median),
    whole(slowest),
    whole(median - bare),
  ]);
  return table(['from start to end', 'median', 'slowest', 'above bare Node.js'], cells);
}

/** The same as bars. */
export function panels(endpoints: readonly EndpointFigures[], apiServer: readonly ApiServerFigures[]): Panel[] {
  const bars = (value: (one: EndpointFigures) => number) =>
    endpoints.map((one) => ({ label: one.name, value: value(one) }));
  const all: Panel[] = [
    { title: 'CPU per review, no match', unit: 'µs', bars: bars(({ missCpu }) => missCpu) },
    { title: 'CPU per review, patched', unit: 'µs', bars: bars(({ hitCpu }) => hitCpu) },
    { title: 'Memory when idle', unit: 'MB', bars: bars(({ idle }) => idle) },
    {
      title: 'A dry-run create at the API server, p50',
      unit: 'ms',
      bars: apiServer.map(({ name, p50 }) => ({ label: name, value: p50 })),
    },
  ];
  return all.filter((panel) => panel.bars.length > 0);
}
