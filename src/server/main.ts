import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/read-config.ts';
import { plain } from '../input/plain.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { settle } from './settle.ts';
import { type RunningServer, startServer } from './start.ts';

// esbuild puts the package's version in place of this.
const VERSION = process.env.MAX_MAP_COUNT_WEBHOOK_VERSION ?? 'dev';

const USAGE = `Usage: max-map-count-webhook [--config FILE]

Options:
  --config FILE  the configuration, in YAML; every key has a default
  --version      print the version
  --help         print this text
`;

function fail(code: number, ...lines: readonly string[]): never {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  process.exit(code);
}

function readArguments(): { config?: string; help?: boolean; version?: boolean } {
  try {
    const options = { config: { type: 'string' }, help: { type: 'boolean' }, version: { type: 'boolean' } } as const;
    return parseArgs({ options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    return fail(2, plain(error), '', USAGE.trimEnd());
  }
}

function exitOnFault(log: Log): void {
  const exit = (error: unknown) => {
    log.fatal({ err: error }, 'a fault of the webhook itself: exiting, so that it is started afresh');
    process.exit(1);
  };
  process.on('uncaughtException', exit).on('unhandledRejection', exit);
}

function stopOnSignal(server: RunningServer, { listen }: Config, log: Log): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(128 + constants.signals[signal]);
      stopping = true;
      log.info({ signal, drainSeconds: listen.drainSeconds }, 'draining');
      void server.stop().then(() => {
        log.info('stopped');
        process.exit(0);
      });
    });
  }
}

async function run(config: Config): Promise<void> {
  const log = createLog(config.log.level);
  exitOnFault(log);
  for (const note of config.notes) log.warn(note);
  const server = await startServer({ config, version: VERSION, log, metrics: createMetrics(VERSION) });
  settle();
  stopOnSignal(server, config, log);
  const { port, adminPort } = server;
  const { mode, catalogue } = config.settings;
  log.info({ version: VERSION, port, adminPort, mode, workloads: catalogue.rows.length }, 'started');
}

const given = readArguments();
if (given.help) process.stdout.write(USAGE);
else if (given.version) process.stdout.write(`${VERSION}\n`);
else {
  const result = readConfig(given.config);
  if (!result.ok) fail(1, ...result.problems);
  await run(result.config).catch((error: unknown) => fail(1, plain(error)));
}
