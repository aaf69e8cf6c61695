import type { Settings } from '../../core/settings.ts';
import { EXIT } from '../failure.ts';
import { type Io, paint } from '../io.ts';
import { type DecidedInput, type DecidedObject, decidedInputs, type ManifestOptions } from '../manifests/decided.ts';
import { settingsFrom } from '../settings.ts';
import { diffOf, joined, jsonOf, type PreviewFormat, patchesOf, podsOf, rewritten } from './formats.ts';
import { reportLines, summary, type Tally } from './report.ts';

/** The options of `preview`. */
export interface PreviewOptions extends ManifestOptions {
  readonly output: PreviewFormat;
  readonly config?: string;
  readonly exitCode: boolean;
  readonly verbose: boolean;
}

/** Shows what the webhook would do to every object that makes pods. */
export function preview(options: PreviewOptions, io: Io): number {
  const settings = settingsFrom(options.config);
  const tally: Tally = { changed: 0, unchanged: 0, other: 0, failed: 0 };
  const objects: DecidedObject[] = [];
  const texts: string[] = [];
  for (const input of decidedInputs(options, settings)) {
    if (!input.ok) {
      tally.failed += 1;
      for (const problem of input.problems) io.stderr.write(`${paint(io.stderr, 'red', 'error:')} ${problem}\n`);
      continue;
    }
    objects.push(...input.objects);
    report(input, { settings, tally, verbose: options.verbose }, io);
    if (options.output === 'diff' || options.output === 'yaml') texts.push(textOf(input, options.output, io));
  }
  io.stdout.write(outputOf(options.output, objects, texts));
  io.stderr.write(`${summary(tally)}\n`);
  if (tally.failed > 0) return EXIT.error;
  return options.exitCode && tally.changed > 0 ? EXIT.different : EXIT.ok;
}

type Input = Extract<DecidedInput, { ok: true }>;

function report(input: Input, run: { settings: Settings; tally: Tally; verbose: boolean }, { stderr }: Io): void {
  const { settings, tally, verbose } = run;
  for (const { identity, decisions } of input.objects) {
    if (decisions.length === 0) tally.other += 1;
    for (const judgement of decisions) {
      if (judgement.decision.decision === 'patch') tally.changed += 1;
      else tally.unchanged += 1;
      for (const line of reportLines(stderr, identity, judgement, settings, verbose)) stderr.write(`${line}\n`);
    }
  }
}

function textOf(input: Input, output: 'diff' | 'yaml', { stdout, stderr }: Io): string {
  const parts = rewritten(input);
  for (const [index, { isPrintedAnew }] of parts.entries()) {
    const which = `${input.name}: document ${index + 1}`;
    const why = 'shares its template through YAML anchors, so it is printed anew, without its comments';
    if (isPrintedAnew) stderr.write(`  ${paint(stderr, 'cyan', 'note:')} ${which} ${why}\n`);
  }
  return output === 'yaml' ? parts.map(({ after }) => after).join('') : diffOf(input.name, parts, stdout);
}

function outputOf(output: PreviewFormat, objects: readonly DecidedObject[], texts: readonly string[]): string {
  switch (output) {
    case 'diff':
      return texts.join('');
    case 'yaml':
      return joined(texts);
    case 'json':
      return objects.length === 0 ? '' : jsonOf(objects);
    case 'patch':
      return patchesOf(objects);
    case 'pod':
      return podsOf(objects);
  }
}
