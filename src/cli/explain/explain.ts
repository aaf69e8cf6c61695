import type { Strategy } from '../../core/decision.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Settings } from '../../core/settings.ts';
import type { ClusterOptions } from '../../kube.ts';
import { connect, readNamed } from '../cluster.ts';
import { settingsFrom } from '../config-file.ts';
import { EXIT, Failure } from '../failure.ts';
import { type Io, paint } from '../io.ts';
import { decidedObject } from '../manifests/decided.ts';
import { decidedInputs } from '../manifests/inputs.ts';
import { nameOf } from '../manifests/object.ts';
import { isOperated, OPERATED } from '../manifests/operated.ts';
import { readSources } from '../manifests/sources.ts';
import { joined } from '../yaml/stream.ts';
import { type Explained, explanationJson, explanations } from './records.ts';

/** The options of `explain`. */
export interface ExplainOptions extends ClusterOptions {
  readonly filename: readonly string[];
  readonly recursive: boolean;
  readonly references: readonly string[];
  readonly output: 'text' | 'json';
  readonly link: boolean;
  readonly redact: boolean;
  readonly strategy: Strategy;
  readonly namespace?: string;
  readonly config?: string;
}

/** Tells for every pod template of files, or of live objects, what was seen, what follows and what would change it. */
export async function explain(options: ExplainOptions, io: Io): Promise<number> {
  const { filename, references } = options;
  if ((filename.length === 0) === (references.length === 0)) {
    throw new Failure('say what to explain: either -f FILE, or pods and workloads of the cluster such as pod/NAME');
  }
  if (options.redact && !options.link) throw new Failure('--redact hides values in a link: give --link too');
  if (options.link) return await link(options, io);
  const settings = await settingsFrom(options.config);
  const failures: string[] = [];
  const explained =
    filename.length > 0 ? fromFiles(options, settings, failures, io) : await fromCluster(options, settings);
  for (const failure of failures) io.stderr.write(`${paint(io.stderr, 'red', 'error:')} ${failure}\n`);
  io.stdout.write(options.output === 'json' ? explanationJson(explained) : explanations(explained, settings, io));
  return failures.length > 0 ? EXIT.error : EXIT.ok;
}

function fromFiles(options: ExplainOptions, settings: Settings, failures: string[], { stderr }: Io): Explained[] {
  const note = (line: string) => stderr.write(`${paint(stderr, 'cyan', 'note:')} ${line}\n`);
  return [...decidedInputs(options, settings, note)].flatMap((input): readonly Explained[] => {
    failures.push(...input.problems.flat());
    if (!input.ok) return [];
    for (const oddity of input.oddities) stderr.write(`${paint(stderr, 'yellow', 'warning:')} ${oddity}\n`);
    for (const { object, identity, decisions } of input.objects) {
      if (decisions.length === 0 && isOperated(object)) note(`${nameOf(identity)}: ${OPERATED}`);
    }
    return input.objects;
  });
}

async function fromCluster(options: ExplainOptions, settings: Settings): Promise<Explained[]> {
  return (await liveObjects(options)).map((object) => decidedObject(object, options, settings));
}

async function link(options: ExplainOptions, io: Io): Promise<number> {
  const { manifestOf, printLink } = await import('./link.ts');
  const texts = options.references.length > 0 ? manifestOf(await liveObjects(options)) : textsOf(options, io);
  return printLink(joined(texts), options, io);
}

function textsOf({ filename, recursive }: ExplainOptions, { stderr }: Io): string[] {
  const say = (line: string) => stderr.write(`${paint(stderr, 'cyan', 'note:')} ${line}\n`);
  return [...readSources(filename, { recursive, say })].map((source) => {
    if (!source.ok) throw new Failure(`${source.name}: ${source.problem}`);
    return source.text;
  });
}

async function liveObjects(options: ExplainOptions): Promise<JsonObject[]> {
  const kube = await connect(options);
  const objects: JsonObject[] = [];
  for (const reference of options.references) {
    objects.push(await readNamed(kube, reference, options.namespace ?? kube.namespace));
  }
  return objects;
}
