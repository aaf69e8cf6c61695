import type { Settings } from '../../core/settings.ts';
import { EXIT } from '../failure.ts';
import { type Io, paint } from '../io.ts';
import type { DecidedInput, DecidedObject } from '../manifests/decided.ts';
import { nameOf } from '../manifests/object.ts';
import { isOperated, OPERATED } from '../manifests/operated.ts';
import { joined } from '../yaml/stream.ts';
import { diffOf, jsonOf, patchesOf, podsOf, rewritten } from './formats.ts';
import type { PreviewFormat } from './output.ts';
import { reportLines, summary, type Tally } from './report.ts';

/** What of the inputs to show. */
export interface ShowOptions {
  readonly output: PreviewFormat;
  readonly exitCode: boolean;
  readonly verbose: boolean;
}

/** Reports on inputs that were read and decided on, prints them as asked, and returns the exit code. */
export function showInputs(inputs: Iterable<DecidedInput>, settings: Settings, options: ShowOptions, io: Io): number {
  const tally: Tally = { changed: 0, unchanged: 0, other: 0, failed: 0 };
  const objects: DecidedObject[] = [];
  const texts: string[] = [];
  for (const input of inputs) {
    const problems = input.ok ? input.problems : [input.problems];
    tally.failed += problems.length;
    for (const problem of problems.flat()) io.stderr.write(`${paint(io.stderr, 'red', 'error:')} ${problem}\n`);
    if (!input.ok) continue;
    for (const oddity of input.oddities) io.stderr.write(`${paint(io.stderr, 'yellow', 'warning:')} ${oddity}\n`);
    objects.push(...input.objects);
    report(input, { settings, tally, verbose: options.verbose }, io);
    if (options.output === 'diff' || options.output === 'yaml') texts.push(changesIn(input, options.output, io));
  }
  io.stdout.write(outputOf(options.output, objects, texts));
  io.stderr.write(`${summary(tally)}\n`);
  if (tally.failed > 0) return EXIT.error;
  return options.exitCode && tally.changed > 0 ? EXIT.different : EXIT.ok;
}

type Input = Extract<DecidedInput, { ok: true }>;

function report(input: Input, run: { settings: Settings; tally: Tally; verbose: boolean }, { stderr }: Io): void {
  const { settings, tally, verbose } = run;
  for (const { object, identity, decisions } of input.objects) {
    if (decisions.length === 0) tally.other += 1;
    if (decisions.length === 0 && isOperated(object)) stderr.write(`${nameOf(identity)}: ${OPERATED}\n`);
    for (const decided of decisions) {
      if (decided.decision.decision === 'patch' && !decided.isLeft) tally.changed += 1;
      else tally.unchanged += 1;
      for (const line of reportLines(stderr, identity, decided, settings, verbose)) stderr.write(`${line}\n`);
    }
  }
}

function changesIn(input: Input, output: 'diff' | 'yaml', { stdout, stderr }: Io): string {
  const parts = rewritten(input);
  for (const [index, { printedAnew }] of parts.entries()) {
    if (printedAnew === undefined) continue;
    const why = `document ${index + 1} ${printedAnew}, so it is printed anew, without its comments`;
    stderr.write(`  ${paint(stderr, 'cyan', 'note:')} ${input.name}: ${why}\n`);
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
