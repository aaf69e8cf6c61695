import type { Settings } from '../../core/settings.ts';
import { plain } from '../../input/plain.ts';
import type { ClusterOptions, Kube } from '../../kube.ts';
import { connect } from '../cluster.ts';
import { settingsFrom } from '../config-file.ts';
import { clusterLine, isConfirmed } from '../confirm.ts';
import { EXIT, Failure } from '../failure.ts';
import { type Io, paint } from '../io.ts';
import { carryOut, rehearse } from './carry-out.ts';
import { examine } from './examine.ts';
import { findPods } from './find-pods.ts';
import { takeInterrupts } from './interrupt.ts';
import { type Plan, planFor } from './plan.ts';
import { suspectsAmong } from './suspects.ts';
import { lastingText, leftText, planText, questionFor, watchText } from './text.ts';

/** The options of `fix`. */
export interface FixOptions extends ClusterOptions {
  /** `NAME`, `pod/NAME`, `statefulset/NAME`; undefined for all pods of the namespace. */
  readonly reference: string | undefined;
  readonly namespace?: string;
  readonly allNamespaces: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly config?: string;
}

// Long enough for an image to be pulled.
const SECONDS = 90;
const POLL_MILLISECONDS = 500;

/** Starts pods that crash because of vm.max_map_count: by the webhook where it patches them, else by raising their nodes once. */
export async function fix(options: FixOptions, io: Io): Promise<number> {
  const settings = await settingsFrom(options.config);
  const kube = plainly(await connect(options));
  io.stderr.write(`${clusterLine(kube)}\n`);
  const plan = await diagnosed(kube, options, settings);
  const writes = plan.rollouts.length + plan.restarts.length + plan.raises.length;
  if (writes === 0 && plan.left.length === 0) {
    io.stderr.write(`${nothingText(options, kube)}\n`);
    return EXIT.ok;
  }
  io.stderr.write(planText(plan, settings));
  tell(io, plan.left.map(leftText));
  if (writes === 0) return EXIT.error;
  const code = await run({ kube, plan, settings, options, io });
  return code === EXIT.ok && plan.left.length > 0 ? EXIT.error : code;
}

// Where there is no answer at all, the one line of the client is all there is to say.
function plainly(kube: Kube): Kube {
  const send: Kube['send'] = async (request) => {
    try {
      return await kube.send(request);
    } catch (error) {
      throw new Failure(plain(error));
    }
  };
  return { ...kube, send };
}

interface Run {
  readonly kube: Kube;
  readonly plan: Plan;
  readonly settings: Settings;
  readonly options: FixOptions;
  readonly io: Io;
}

async function diagnosed(kube: Kube, options: FixOptions, settings: Settings): Promise<Plan> {
  const { reference, allNamespaces } = options;
  const namespace = allNamespaces ? undefined : (options.namespace ?? kube.namespace);
  const suspects = await suspectsAmong(kube, findPods(kube, { reference, namespace }), settings);
  // Unless it was named, a crash of another kind is somebody else's business.
  const ours = suspects.filter(
    ({ demand, crash }) => reference !== undefined || demand.value > 0 || crash?.line !== undefined,
  );
  return planFor(await examine(kube, ours));
}

async function run({ kube, plan, settings, options, io }: Run): Promise<number> {
  const initContainer = settings.initContainer;
  const rehearsed = options.dryRun ? io.stdout : { write: () => {} };
  const refusals = await rehearse({ kube, settings: initContainer }, plan, rehearsed);
  tell(io, refusals);
  if (refusals.length > 0) throw new Failure('nothing was changed');
  if (options.dryRun) return EXIT.ok;
  if (!(await isConfirmed(io, options, questionFor(plan)))) {
    io.stderr.write('nothing was changed\n');
    return EXIT.error;
  }
  const interruption = takeInterrupts();
  const patience = { seconds: SECONDS, pollMilliseconds: POLL_MILLISECONDS, signal: interruption.signal };
  try {
    const problems = await carryOut({ kube, settings: initContainer, patience }, plan, io.stdout);
    tell(io, problems);
    if (problems.length === 0) io.stderr.write(watchText(plan));
    if (plan.raises.length > 0) io.stderr.write(lastingText(plan));
    return interruption.code() ?? (problems.length > 0 ? EXIT.error : EXIT.ok);
  } finally {
    interruption.end();
  }
}

function tell({ stderr }: Io, problems: readonly string[]): void {
  // Problems quote what pods and servers say, which may hold anything.
  for (const problem of problems) stderr.write(`${paint(stderr, 'red', 'error:')} ${printable(problem)}\n`);
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function nothingText({ reference, allNamespaces, namespace }: FixOptions, kube: Kube): string {
  if (reference !== undefined)
    return `nothing to do: ${reference} does not crash, and lacks nothing that the webhook would give it`;
  const where = allNamespaces ? 'in any namespace' : `in namespace ${namespace ?? kube.namespace}`;
  return `nothing to do: no pod ${where} crashes because of vm.max_map_count${allNamespaces ? '' : ' (-A looks everywhere)'}`;
}
