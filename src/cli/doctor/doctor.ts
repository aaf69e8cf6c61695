import { setTimeout } from 'node:timers/promises';
import { plain } from '../../input/plain.ts';
import type { ClusterOptions } from '../../kube.ts';
import { connect, read } from '../cluster.ts';
import { settingsFrom } from '../config-file.ts';
import { EXIT } from '../failure.ts';
import type { Io } from '../io.ts';
import { writeBundle } from './bundle/bundle.ts';
import { result } from './check-result.ts';
import { type Diagnosis, diagnose, nodesOf } from './diagnosis.ts';
import { counts, countsText, reportText } from './report.ts';
import { survey, surveyWebhook } from './survey.ts';
import { type Clock, waitUntilHealthy } from './wait.ts';

/** The options of `doctor`. */
export interface DoctorOptions extends ClusterOptions {
  readonly namespace?: string;
  readonly output: 'text' | 'json';
  readonly limit: number;
  readonly config?: string;
  /** How long to wait for the webhook to work, in milliseconds. */
  readonly wait?: number;
  /** Where to write the archive for a report. */
  readonly bundle?: string;
}

const CLOCK: Clock = { now: Date.now, sleep: setTimeout };

/** Checks the webhook in the current cluster without changing anything; `version` is the plugin's own. */
export async function doctor(options: DoctorOptions, io: Io, version: string, clock = CLOCK): Promise<number> {
  const settings = await settingsFrom(options.config);
  const kube = await connect(options);
  const progress = (line: string) => io.stderr.write(`${line}\n`);
  const what = {
    only: options.namespace,
    limit: options.limit,
    settings,
    isGiven: options.config !== undefined,
    progress,
  };
  if (options.wait !== undefined && !(await waitUntilHealthy(kube, what, options.wait, clock))) {
    progress(`gave up waiting after ${options.wait / 1000} s`);
  }
  const { context, server } = kube;
  const problem = await read(kube, '/version').then(() => undefined, plain);
  if (problem !== undefined) {
    const findings = [result('cluster-unreachable', `context ${context}: ${problem}`)];
    return tell({ version: 1, context, server, findings, nodes: [] }, options, io);
  }
  const facts = await survey(kube, what, await surveyWebhook(kube, what));
  const findings = diagnose(facts, new Date(clock.now()));
  const diagnosis: Diagnosis = { version: 1, context, server, findings, nodes: nodesOf(facts) };
  if (options.bundle !== undefined) io.stderr.write(await writeBundle(options.bundle, kube, facts, diagnosis, version));
  return tell(diagnosis, options, io);
}

function tell(diagnosis: Diagnosis, { output }: DoctorOptions, { stdout, stderr }: Io): number {
  stdout.write(output === 'json' ? `${JSON.stringify(diagnosis, null, 2)}\n` : reportText(diagnosis, stdout));
  stderr.write(`${countsText(diagnosis.findings)}\n`);
  const { finding, unknown } = counts(diagnosis.findings);
  if (finding > 0) return EXIT.finding;
  return unknown > 0 ? EXIT.error : EXIT.ok;
}
