// npm run bench [-- --quick] [--write] [--endpoints-only | --plugin-only]: what a review costs, beside other webhooks and at a real API server.
// The full run, about ten minutes, writes docs/performance.md and its picture; --quick, about two, only prints unless
// --write is given. Nothing is asserted, since the numbers belong to the machine. Linux only (it reads /proc). All traffic stays on loopback.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startSupervisor } from '../tools/process/supervisor.ts';
import { MissingBinaries } from '../tools/programs/binaries.ts';
import { measureApiServer } from './api-server.ts';
import { measureEndpoints } from './endpoint.ts';
import { plot } from './plot.ts';
import { measurePlugin } from './plugin.ts';
import { panels, pluginTable, report } from './report.ts';

const FULL = {
  endpoints: { rounds: 5, reviewsPerTurn: 3_000, warmUp: 20_000, openLoopSeconds: 3, starts: 5 },
  apiServer: { rounds: 5, creates: 100 },
  plugin: { runs: 15 },
};
const QUICK = {
  endpoints: { rounds: 2, reviewsPerTurn: 1_500, warmUp: 8_000, openLoopSeconds: 2, starts: 2 },
  apiServer: { rounds: 2, creates: 40 },
  plugin: { runs: 5 },
};
const DOCUMENT = new URL('../docs/performance.md', import.meta.url);
const PICTURE = new URL('../docs/images/performance.svg', import.meta.url);

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function leftOut(error: unknown): [] {
  if (!(error instanceof MissingBinaries)) throw error;
  say(`LEFT OUT: the API server. ${error.message}`);
  return [];
}

function load(): string {
  return loadavg()[0]?.toFixed(1) ?? '?';
}

// The content of src, which keeps its name when the commit that holds it is rebased.
function source(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src') !== '';
  return git('rev-parse', '--short', 'HEAD:src') + (changed ? ' with changes' : '');
}

async function main(): Promise<void> {
  const flag = { type: 'boolean' } as const;
  const options = { quick: flag, write: flag, 'endpoints-only': flag, 'plugin-only': flag };
  const { values } = parseArgs({ options });
  const { quick = false, write = !quick, 'endpoints-only': endpointsOnly = false } = values;
  const amount = quick ? QUICK : FULL;
  if (values['plugin-only']) {
    console.log(pluginTable(measurePlugin(amount.plugin, say)));
    return;
  }
  const before = load();
  const supervisor = await startSupervisor();
  const endpoints = await measureEndpoints(supervisor, amount.endpoints, say).finally(() => supervisor.stop());
  const apiServer = endpointsOnly ? [] : await measureApiServer(amount.apiServer, say).catch(leftOut);
  const plugin = measurePlugin(amount.plugin, say);
  const circumstances = {
    machine: `${cpus().length} × ${cpus()[0]?.model}`,
    node: process.version.slice(1),
    source: source(),
    date: new Date().toISOString().slice(0, 10),
    load: `${before} before, ${load()} after`,
  };
  const text = report(circumstances, { endpoints, apiServer, plugin });
  console.log(text);
  if (!write) return;
  const page = readFileSync(DOCUMENT, 'utf8');
  const measured = /(?<=<!-- measured -->\n)[\s\S]*(?=<!-- \/measured -->)/;
  writeFileSync(
    DOCUMENT,
    page.replace(measured, () => `\n${text}\n\n`),
  );
  mkdirSync(new URL('.', PICTURE), { recursive: true });
  writeFileSync(PICTURE, plot(panels(endpoints, apiServer)));
}

await main();
