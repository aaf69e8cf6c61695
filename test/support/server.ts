import { type Config, parseConfig } from '../../src/config/config.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/server/limits.ts';
import { createListener } from '../../src/server/listener.ts';
import { createLog, type Log } from '../../src/server/log.ts';
import { createMetrics, type Metrics } from '../../src/server/metrics.ts';
import { type RunningServer, type StartOptions, startServer } from '../../src/server/start.ts';
import { makeCertificate, temporaryDirectory } from './certificates.ts';

/** A log whose lines are kept. */
export function recordingLog(level = 'debug'): { readonly log: Log; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  return { log: createLog(level, { write: (line) => lines.push(JSON.parse(line)) }), lines };
}

/** The configuration in a YAML text, on any free ports and without a wait at the end. */
export function testConfig(yaml = ''): Config {
  const result = parseConfig(yaml, 'test.yaml');
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return { ...result.config, listen: { port: 0, adminPort: 0, drainSeconds: 0 } };
}

/** The webhook port's listener in-process with everything that it reports to. */
export function testApp(options: { yaml?: string; limits?: Partial<Limits>; isDraining?: () => boolean } = {}) {
  const { log, lines } = recordingLog();
  const metrics = createMetrics('test');
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { settings } = testConfig(options.yaml);
  const parts = { settings, log, metrics, limits, isDraining: options.isDraining ?? (() => false), onServed: () => {} };
  return { ...parts, app: createListener(parts).onRequest, lines };
}

/** A real server on loopback with a certificate of its own. */
export interface TestServer extends RunningServer {
  readonly lines: Record<string, unknown>[];
  readonly metrics: Metrics;
  readonly config: Config;
}

/** What a test may replace; the configuration in parts. */
export type TestServerOptions = Partial<Omit<StartOptions, 'config'>> & { readonly config?: Partial<Config> };

/** Starts a real server on loopback; `stop` also removes its files. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const directory = temporaryDirectory();
  const { log, lines } = recordingLog();
  const metrics = createMetrics('test');
  const config = { ...testConfig(), tls: await makeCertificate(directory.path, 'first'), ...options.config };
  const starting = startServer({ version: 'test', log, metrics, host: '127.0.0.1', ...options, config });
  const server = await starting.catch((error: unknown) => {
    directory.remove();
    throw error;
  });
  const stop = async () => {
    await server.stop();
    directory.remove();
  };
  return { ...server, stop, lines, metrics, config };
}

/** The value of one sample in the text of `/metrics`; 0 when it is not there. */
export async function sample(metrics: Metrics, name: string): Promise<number> {
  const text = await metrics.registry.metrics();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`max_map_count_webhook_${name} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}

/** Waits until a condition holds; fails after two seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 2_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('the condition did not come true within 2 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
