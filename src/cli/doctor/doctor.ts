import { plain } from '../../input/plain.ts';
import type { ClusterOptions } from '../../kube.ts';
import { connect, read } from '../cluster.ts';
import { settingsFrom } from '../config-file.ts';
import { EXIT } from '../failure.ts';
import { type Io, paint, type Sink, table } from '../io.ts';
import { nodeName, nodeValue } from '../node.ts';
import { checkCertificate } from './check-certificate.ts';
import { checkNodes } from './check-nodes.ts';
import { checkPodSecurity } from './check-pod-security.ts';
import { checkCrashes, checkPods } from './check-pods.ts';
import { checkProbe } from './check-probe.ts';
import type { CheckResult } from './check-result.ts';
import { checkWebhook } from './check-webhook.ts';
import { type Survey, survey } from './survey.ts';

/** The options of `doctor`. */
export interface DoctorOptions extends ClusterOptions {
  readonly namespace?: string;
  readonly output: 'text' | 'json';
  readonly limit: number;
  readonly config?: string;
}

interface Diagnosis {
  readonly context: string;
  readonly server: string;
  readonly findings: readonly CheckResult[];
  readonly nodes: readonly { readonly name: string; readonly value: string | null }[];
}

/** Checks the webhook in the current cluster without changing anything. */
export async function doctor(options: DoctorOptions, io: Io): Promise<number> {
  const settings = await settingsFrom(options.config);
  const kube = await connect(options);
  const { context, server } = kube;
  const unreachable = await read(kube, '/version').then(
    () => undefined,
    (error: unknown): CheckResult => ({
      check: 'cluster',
      level: 'unknown',
      message: `context ${context}: ${plain(error)}`,
    }),
  );
  if (unreachable) return tell({ context, server, findings: [unreachable], nodes: [] }, options, io);
  const progress = (line: string) => io.stderr.write(`${line}\n`);
  const facts = await survey(kube, { only: options.namespace, limit: options.limit, settings, progress });
  return tell({ context, server, findings: diagnose(facts, new Date()), nodes: nodesOf(facts) }, options, io);
}

/** Every check on what was read from the cluster. */
function diagnose(facts: Survey, now: Date): CheckResult[] {
  return [
    ...checkWebhook(facts),
    ...checkCertificate(facts, now),
    ...checkProbe(facts),
    ...checkPodSecurity(facts),
    ...checkPods(facts),
    ...checkCrashes(facts),
    ...checkNodes(facts),
  ];
}

function nodesOf({ nodes, settings }: Survey): Diagnosis['nodes'] {
  const items = nodes.ok ? nodes.value : [];
  return items.map((node) => ({ name: nodeName(node), value: nodeValue(node, settings.nodeAffinity.label) }));
}

function tell(diagnosis: Diagnosis, { output }: DoctorOptions, { stdout, stderr }: Io): number {
  stdout.write(output === 'json' ? `${JSON.stringify(diagnosis, null, 2)}\n` : diagnosisText(diagnosis, stdout));
  const count = (level: CheckResult['level']) => diagnosis.findings.filter((finding) => finding.level === level).length;
  const [findings, unknown] = [count('finding'), count('unknown')];
  stderr.write(`${count('ok')} ok, ${findings} to act on, ${unknown} not known\n`);
  if (findings > 0) return EXIT.finding;
  return unknown > 0 ? EXIT.error : EXIT.ok;
}

const STYLES = { ok: 'green', finding: 'red', unknown: 'yellow' } as const;

function diagnosisText({ context, server, findings, nodes }: Diagnosis, sink: Sink): string {
  const lines = findings.flatMap(({ check, level, message, remedy }) => {
    const head = `${paint(sink, STYLES[level], level.padEnd(7))}  ${check.padEnd(12)}  ${printable(message)}`;
    return remedy ? [head, `${' '.repeat(23)}do: ${printable(remedy)}`] : [head];
  });
  const rows = nodes.map(({ name, value }) => [name, value ?? 'not known']);
  const known = nodes.length > 0 ? `\n${table([['NODE', 'VM.MAX_MAP_COUNT'], ...rows])}` : '';
  return `context ${context} (${server})\n\n${lines.map((line) => `${line}\n`).join('')}${known}`;
}

// Messages quote what pods and servers say, which may hold anything.
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}
