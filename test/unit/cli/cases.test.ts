// The corpus through the command line: goldens of what it says, and the property that what it shows is what the
// webhook does. `npx vitest -u run test/unit/cli` rewrites the goldens.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyPatch as applyTextPatch } from 'diff';
import fastJsonPatch from 'fast-json-patch';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { type AdmissionReviewAnswer, review } from '../../../src/core/review.ts';
import { type Case, caseNames, readCase } from '../../support/cases.ts';
import { podReview } from '../../support/reviews.ts';
import { cli } from './support.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cli-cases-'));
afterAll(() => rmSync(folder, { recursive: true }));

// A webhook that may not patch at all is no strategy of the command line.
const cases = caseNames.map(readCase).filter(({ strategy }) => strategy !== 'none');

function argumentsFor({ name, config, strategy }: Case): string[] {
  const file = fileURLToPath(new URL(`../../cases/${name}/input.yaml`, import.meta.url));
  const configFile = join(folder, `${name}.yaml`);
  writeFileSync(configFile, config);
  return ['-f', file, '--strategy', strategy, '--config', configFile];
}

describe.each(cases.map((known) => ({ name: known.name, known })))('$name', ({ name, known }) => {
  const args = argumentsFor(known);
  const input = readFileSync(args[1] ?? '', 'utf8');
  const { pod, answer } = asTheWebhookDoes(known);
  const patched = fastJsonPatch.applyPatch(structuredClone(pod), answer, true, false).newDocument;

  it('says in its report what it always said', async () => {
    const terse = await cli(['preview', ...args, '--exit-code']);
    const verbose = await cli(['preview', ...args, '--exit-code', '-v']);
    const golden = [
      `$ preview --exit-code\n${terse.stderr}exit code ${terse.code}\n`,
      `$ preview --exit-code --verbose\n${verbose.stderr}exit code ${verbose.code}\n`,
    ]
      .join('\n')
      .replaceAll(ROOT, '');
    await expect(golden).toMatchFileSnapshot(`goldens/cases/${name}.txt`);
    expect(verbose.stdout).toBe(terse.stdout);
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

// One of each kind of verdict; in all of them every new signal would show.
describe('explain', () => {
  const explained = [
    'elk-article-deployment',
    'lookalike-logstash',
    'job-cronjob-snapshot',
    'eck-documented-init-container',
  ];

  it.each(cases.filter(({ name }) => explained.includes(name)).map((known) => [known.name, known] as const))(
    '%s',
    async (name, known) => {
      const { stdout, stderr, code } = await cli(['explain', ...argumentsFor(known)]);
      await expect(stdout).toMatchFileSnapshot(`goldens/explain/${name}.txt`);
      expect([stderr, code]).toEqual(['', 0]);
    },
  );
});

// A value added within a line of JSON or flow style changes that line.
function isFlow(line: string): boolean {
  return /[{}[\]]/.test(line);
}

function asTheWebhookDoes({ pod, ownerKind, strategy, settings }: Case) {
  const owners = ['Job', 'CronJob', 'DaemonSet'].includes(ownerKind)
    ? [
        {
          kind: ownerKind === 'CronJob' ? 'Job' : ownerKind,
          name: 'owner',
          uid: 'u',
          apiVersion: 'v1',
          controller: true,
        },
      ]
    : [];
  const metadata = (pod.metadata ?? {}) as object;
  const asked = owners.length > 0 ? { ...pod, metadata: { ...metadata, ownerReferences: owners } } : pod;
  const outcome = review(podReview(asked), strategy, settings);
  if (!outcome.ok) throw new Error(outcome.problem);
  return { pod, answer: patchIn(outcome.answer) };
}

function patchIn({ response }: AdmissionReviewAnswer) {
  return response.patch === undefined ? [] : JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8'));
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
