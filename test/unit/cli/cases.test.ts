// The corpus through the command line: a dozen shapes of what it says as goldens, and for all cases the properties that it
// says what the webhook's golden says, and that what it shows is what the webhook does.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyPatch as applyTextPatch } from 'diff';
import fastJsonPatch from 'fast-json-patch';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { REASONS } from '../../../src/core/reasons.ts';
import { review } from '../../../src/core/review.ts';
import { type Case, caseNames, readCase } from '../../support/cases.ts';
import { createdPod } from '../../support/created-pod.ts';
import { readGolden } from '../../support/goldens.ts';
import { patchIn, podReview } from '../../support/reviews.ts';
import { cli } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'cli-cases-'));
afterAll(() => rmSync(folder, { recursive: true }));

// A webhook that may not patch at all is no strategy of the command line.
const cases = caseNames.map(readCase).filter(({ strategy }) => strategy !== 'none');

function argumentsFor({ name, config, input, strategy }: Case): string[] {
  const [file, configFile] = [join(folder, `${name}.yaml`), join(folder, `${name}-config.yaml`)];
  writeFileSync(file, input);
  writeFileSync(configFile, config);
  return ['-f', file, '--strategy', strategy, '--config', configFile];
}

// One of each shape of report; every other report differs from one of these in words that its golden has.
const SHOWN = [
  'elk-article-deployment', // patched
  'affinity-two-terms', // patched, the other strategy
  'multi-handled-for-the-lower-only', // patched, with a warning
  'annotation-applied-forged', // patched, with a note
  'eck-documented-init-container', // handled
  'handled-carries-our-affinity', // a repeated call
  'affinity-contradiction-lt', // not patched, with a warning
  'lookalike-logstash', // none of ours, in silence
  'annotation-workload-unknown', // none of ours, with a warning
  'not-a-pod-containers-is-a-map', // no pod
  'config-observe-mode', // observed
  'lookalike-curator-cronjob', // no product, in a CronJob
  'job-owned-pod', // a bare pod, without a workload object
];

// In these every new signal would show.
const EXPLAINED = [
  'elk-article-deployment',
  'lookalike-logstash',
  'job-cronjob-snapshot',
  'eck-documented-init-container',
];

describe.each(SHOWN)('the report on %s', (name) => {
  it('is what it always was (rewrite with: npm run generate)', async () => {
    const args = argumentsFor(readCase(name));
    const terse = await cli(['preview', ...args, '--exit-code']);
    const verbose = await cli(['preview', ...args, '--exit-code', '-v']);
    const report = [
      `$ preview --exit-code\n${terse.stderr}exit code ${terse.code}\n`,
      `$ preview --exit-code --verbose\n${verbose.stderr}exit code ${verbose.code}\n`,
    ].join('\n');
    await expect(report.replaceAll(folder, '/folder')).toMatchFileSnapshot(`goldens/preview/${name}.txt`);
  });
});

describe.each(EXPLAINED)('the explanation of %s', (name) => {
  it('is what it always was (rewrite with: npm run generate)', async () => {
    const { stdout, stderr, code } = await cli(['explain', ...argumentsFor(readCase(name))]);
    await expect(stdout).toMatchFileSnapshot(`goldens/explain/${name}.txt`);
    expect([stderr, code]).toEqual(['', 0]);
  });
});

it.each([
  ['preview', SHOWN],
  ['explain', EXPLAINED],
])('the goldens of %s are those of the chosen cases', (command, chosen) => {
  const files = readdirSync(new URL(`goldens/${command}`, import.meta.url));
  expect(files.sort()).toEqual(chosen.map((name) => `${name}.txt`).sort());
});

describe.each(cases)('$name', (known) => {
  const { input } = known;
  const args = argumentsFor(known);
  const { pod, answer } = asTheWebhookDoes(known);
  const patched = fastJsonPatch.applyPatch(structuredClone(pod), structuredClone(answer), true, false).newDocument;

  it.each([
    { how: 'briefly', verbose: [] },
    { how: 'in full', verbose: ['--verbose'] },
  ])('says $how what its golden says', async ({ verbose }) => {
    const { decision, reason, workload, value, warnings } = readGolden(known);
    const { stderr, code } = await cli(['preview', ...args, '--exit-code', ...verbose]);
    const isPatch = decision === 'patch';
    const isShown = reason !== 'not-matched' || warnings.length > 0 || verbose.length > 0;
    const title = known.settings.catalogue.byName.get(workload ?? '')?.title;
    const said = isPatch
      ? `would be patched (${reason}): ${title ?? workload} needs vm.max_map_count >= ${value}`
      : `unchanged (${reason}): ${REASONS[known.expect.reason]}`;
    // The first warning of a patch announces it: no news, unless more is asked for.
    const news = isPatch && verbose.length === 0 ? warnings.slice(1) : warnings;
    const lines = stderr.split('\n').filter((line) => !line.startsWith('  note: '));
    expect(lines.map((line) => line.replace(/^\S+ \S+: /, ''))).toEqual([
      ...(isShown ? [said, ...news.map((warning) => warning.replace(/^max-map-count: /, '  warning: '))] : []),
      `1 pod template: ${isPatch ? 1 : 0} would be patched, ${isPatch ? 0 : 1} unchanged`,
      '',
    ]);
    expect(code).toBe(isPatch ? 1 : 0);
  });

  it('explains as JSON with the webhook’s own patch, byte for byte', async () => {
    const [record] = JSON.parse((await cli(['explain', ...args, '-o', 'json'])).stdout);
    expect(JSON.stringify(record.patch)).toBe(JSON.stringify(answer));
  });

  it('previews as YAML the object with the pod that the webhook makes, and nothing else changed', async () => {
    const { stdout } = await cli(['preview', ...args, '-o', 'yaml']);
    const shown = parse(stdout, { merge: true });
    expect(podOf(shown)).toEqual(patched);
    setPod(shown, podOf(parse(input, { merge: true })));
    expect(shown).toEqual(parse(input, { merge: true }));
    if (answer.length === 0) expect(stdout).toBe(input);
  });

  it('previews the same as a diff, as JSON, as a patch and as YAML', async () => {
    const outputs = await Promise.all(
      ['yaml', 'json', 'patch', 'diff'].map(async (format) => (await cli(['preview', ...args, '-o', format])).stdout),
    );
    const [yaml = '', json = '', patch = '', diff = ''] = outputs;
    const wanted = parse(yaml, { merge: true });
    expect(JSON.parse(json)).toEqual(wanted);
    expect(diff === '' ? input : applyTextPatch(input, diff)).toBe(yaml);
    const byPatch = patch === '' ? [] : JSON.parse(patch);
    expect(fastJsonPatch.applyPatch(parse(input, { merge: true }), byPatch, true).newDocument).toEqual(wanted);
    // Additions only: no line of the author's is taken away.
    expect(diff.split('\n').filter((line) => /^-(?!--)/.test(line) && !isFlow(line))).toEqual([]);
  });

  it('prints a plain pod on which the webhook decides the same', async () => {
    const { stdout } = await cli(['preview', ...args, '-o', 'pod']);
    const plain = parseAllDocuments(stdout).map((document) => document.toJS())[0];
    const outcome = review(podReview(plain), known.strategy, known.settings);
    const { decision } = known.expect;
    expect(outcome.ok && { decision: outcome.decision.decision, reason: outcome.decision.reason }).toEqual({
      decision,
      reason: known.expect.reason,
    });
    expect(plain.spec).toEqual(pod.spec);
  });
});

// A value added within a line of JSON or flow style changes that line.
function isFlow(line: string): boolean {
  return /[{}[\]]/.test(line);
}

function asTheWebhookDoes(known: Case) {
  const outcome = review(podReview(createdPod(known)), known.strategy, known.settings);
  if (!outcome.ok) throw new Error(outcome.problem);
  return { pod: known.pod, answer: patchIn(outcome.answer) };
}

const PLACES: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ['template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

interface Tree {
  [key: string]: Tree;
}

function podOf(object: Tree & { kind: unknown }): Tree {
  const place = PLACES[String(object.kind)] ?? ['spec', 'template'];
  return place.reduce<Tree>((value, key) => value[key] ?? {}, object);
}

function setPod(object: Tree & { kind: unknown }, pod: Tree): void {
  const place = PLACES[String(object.kind)] ?? ['spec', 'template'];
  const last = place.at(-1);
  if (last === undefined) {
    Object.assign(object, pod);
    for (const key of Object.keys(object)) if (!(key in pod)) delete object[key];
  } else {
    const parent = place.slice(0, -1).reduce<Tree>((value, key) => value[key] ?? {}, object);
    parent[last] = pod;
  }
}
