// The prefilter decides which pods the webhook never hears of, so it must be true for every pod of which the detection says
// anything: it is held against `evaluate` over the corpus, and over pods that are made of the rows' own words.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Catalogue, catalogueOf } from '../../../src/core/catalogue.ts';
import { evaluate } from '../../../src/core/evaluate.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { matchConditionsFor } from '../../../src/core/match-conditions.ts';
import { PREFILTER, PREFILTER_LIMITS, prefilterOf } from '../../../src/core/prefilter.ts';
import { wordsOf } from '../../../src/core/prefilter-words.ts';
import { scoreOf } from '../../../src/core/score.ts';
import { SIGNALS, type Signal } from '../../../src/core/signals.ts';
import { type Workload, workloadSchema } from '../../../src/core/workload.ts';
import { compile, typed } from '../../../tools/stand-in/cel.ts';
import { caseNames, readCase, settingsOf } from '../../support/cases.ts';
import { ordinaryPod, podOfWords } from '../../support/prefilter-pods.ts';

const settings = settingsOf('');

/** The prefilter of a catalogue, ready to be asked about a pod; throws when it cannot be evaluated. */
function asker({ rows }: Catalogue): (pod: Json) => boolean {
  const prefilter = prefilterOf(rows);
  if (!prefilter.ok) throw new Error(prefilter.problem);
  const evaluated = compile(prefilter.expression);
  return (pod) => {
    const answer = evaluated({ object: typed(pod) });
    if (typeof answer !== 'boolean') throw new Error(`the prefilter gives ${String(answer)}`);
    return answer;
  };
}

const mayRun = asker(settings.catalogue);

/** The pod as the API server would have it: with metadata, and without empty lists. */
function sent(pod: JsonObject): JsonObject {
  return { ...pod, metadata: pod.metadata ?? {} };
}

describe('over the corpus', () => {
  const told = { concerned: 0, others: 0, spared: [] as string[] };
  const askers = new Map<string, (pod: Json) => boolean>();
  afterAll(() => {
    console.log(
      `prefilter: true for all ${told.concerned} pods of the corpus that concern the webhook, false for ${told.spared.length} of the ${told.others} others`,
    );
  });

  it.each(caseNames)('%s is sent to the webhook unless nothing matches', (name) => {
    const known = readCase(name);
    const ask = askers.get(known.config) ?? asker(known.settings.catalogue);
    askers.set(known.config, ask);
    const decision = evaluate(known.pod, { strategy: known.strategy, ownerKind: known.ownerKind }, known.settings);
    if (decision.reason === 'not-a-pod') return;
    const concerned = decision.reason !== 'not-matched' || decision.warnings.length > 0;
    told[concerned ? 'concerned' : 'others'] += 1;
    const answer = ask(sent(known.pod));
    if (concerned) expect(answer, `${decision.reason}: ${JSON.stringify(decision.evidence)}`).toBe(true);
    else if (!answer) told.spared.push(name);
  });

  it('spares a third of the look-alikes that it is full of, too', () => {
    expect(told.concerned).toBeGreaterThan(200);
    expect(told.spared.length).toBeGreaterThan(told.others / 3);
  });
});

/** Checks one pod, and says whether the webhook had anything to say. */
function check(pod: JsonObject, ask: (pod: Json) => boolean, catalogue: Catalogue): boolean {
  const { reason, evidence, warnings } = evaluate(pod, { strategy: 'init-container' }, { ...settings, catalogue });
  const concerned = reason !== 'not-matched' || warnings.length > 0;
  if (concerned && !ask(pod)) expect.fail(`${reason}, but not sent: ${JSON.stringify({ pod, evidence })}`);
  return concerned;
}

describe('of pods that are made of the rows’ words', () => {
  it('every one that the webhook would say something about is sent to it', () => {
    let [concerned, spared] = [0, 0];
    fc.assert(
      fc.property(podOfWords(wordsOf(settings.catalogue.rows)), (pod) => {
        if (check(pod, mayRun, settings.catalogue)) concerned += 1;
        else if (!mayRun(pod)) spared += 1;
      }),
      { numRuns: 3000 },
    );
    // Neither side is there for show.
    expect(concerned).toBeGreaterThan(500);
    expect(spared).toBeGreaterThan(150);
  });

  it('the same holds for any rows of an administrator’s', () => {
    let [concerned, spared] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 3 }),
        fc.array(fc.constantFrom('elasticsearch', 'cratedb')),
        fc.gen(),
        (rows, off, gen) => {
          const own = rows.map((row, index) => workloadSchema.parse({ ...row, name: `own-${index}` }));
          const catalogue = catalogueOf(own, [...off, 'opensearch', 'doris-be', 'sonarqube']);
          const ask = asker(catalogue);
          for (let count = 0; count < 8; count += 1) {
            const pod = gen(podOfWords, wordsOf(catalogue.rows));
            if (check(pod, ask, catalogue)) concerned += 1;
            else if (!ask(pod)) spared += 1;
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(concerned).toBeGreaterThan(300);
    expect(spared).toBeGreaterThan(50);
  });

  it('ordinary ones never reach the webhook', () => {
    let [spared, all] = [0, 0];
    fc.assert(
      fc.property(ordinaryPod, (pod) => {
        all += 1;
        if (!mayRun(pod)) spared += 1;
      }),
      { numRuns: 2000 },
    );
    console.log(`prefilter: false for ${spared} of ${all} ordinary pods`);
    expect(spared / all).toBeGreaterThan(0.995);
  });
});

const word = fc.constantFrom('app', 'search', 'x.y', 'a-b', 'db_1', 'node.store.allow_mmap', 'v2', 'es');
const glob = fc.oneof(
  word,
  fc.tuple(word, word).map(([one, other]) => `${one}/${other}`),
  word.map((text) => `*${text}*`),
  word.map((text) => `${text}*`),
  fc.tuple(word, word).map(([one, other]) => `*${one}*${other}:x-*`),
);
const few = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 2 });
const anyRow = fc.record({
  required: fc.constant(262_144),
  images: few(glob),
  env: few(word),
  mounts: few(word.map((text) => `/${text}/`)),
  labels: fc.dictionary(word, fc.constantFrom('*', 'yes', 'y*s'), { maxKeys: 1 }),
  hints: fc.record({
    env: few(word),
    ports: few(fc.array(fc.constantFrom(80, 81, 9000), { minLength: 1, maxLength: 2 })),
    containers: few(word),
    images: few(glob),
  }),
});

describe('small signs', () => {
  const SMALL: Partial<Record<Signal, number>> = {
    'env-hint': 2,
    'container-name': 2,
    ports: 2,
    port: 1,
    'app-label': 1,
  };

  it('count for at least what the detection gives for them, in any combination', () => {
    const all = Object.entries(SMALL) as [Signal, number][];
    for (let bits = 0; bits < 2 ** all.length; bits += 1) {
      const some = all.filter((_, index) => (bits & (1 << index)) !== 0);
      const score = scoreOf(some.map(([signal]) => ({ signal, container: null, path: '', value: '' })));
      const sum = some.reduce((total, [, points]) => total + points, 0);
      if (score.isEnough || score.isSuggested) expect(sum, some.join(' ')).toBeGreaterThan(2);
    }
  });

  it('are all that needs others beside it', () => {
    // Each of these is asked for by itself, or has no need to be: it takes points or gives none.
    const alone: Signal[] = ['annotation', 'image', 'label', 'image-name', 'image-hint', 'env', 'argument', 'mount'];
    const left = (Object.keys(SIGNALS) as Signal[]).filter((signal) => !(signal in SMALL) && !alone.includes(signal));
    expect(left.filter((signal) => SIGNALS[signal].points > 0)).toEqual([]);
  });
});

describe('a pod at the bounds', () => {
  const podWith = (container: object, count = 1): JsonObject => ({
    metadata: {},
    spec: {
      containers: Array.from({ length: count }, (_, index) => ({ name: `c${index}`, image: 'nginx', ...container })),
    },
  });
  const mounts = (length: number) => Array.from({ length }, (_, index) => ({ name: 'v', mountPath: `/m${index}` }));
  const list = (length: number) => Array.from({ length }, (_, index) => ({ name: `V${index}`, value: '' }));

  it.each([
    ['containers', podWith({}, PREFILTER_LIMITS.containers), podWith({}, PREFILTER_LIMITS.containers + 1)],
    [
      'variables',
      podWith({ env: list(PREFILTER_LIMITS.entries) }),
      podWith({ env: list(PREFILTER_LIMITS.entries + 1) }),
    ],
    [
      'mounts',
      podWith({ volumeMounts: mounts(PREFILTER_LIMITS.mounts) }),
      podWith({ volumeMounts: mounts(PREFILTER_LIMITS.mounts + 1) }),
    ],
    [
      'characters of its command lines',
      podWith({ args: ['x'.repeat(PREFILTER_LIMITS.characters)] }),
      podWith({ args: ['x'.repeat(PREFILTER_LIMITS.characters), 'y'] }),
    ],
    [
      'characters of its mount paths',
      podWith({ volumeMounts: [{ name: 'v', mountPath: '/'.padEnd(PREFILTER_LIMITS.characters, 'x') }] }),
      podWith({ volumeMounts: [{ name: 'v', mountPath: '/'.padEnd(PREFILTER_LIMITS.characters + 1, 'x') }] }),
    ],
  ])('of %s is looked at, and sent beyond them', (_what, within, beyond) => {
    expect([mayRun(within), mayRun(beyond)]).toEqual([false, true]);
  });

  it('has ordinary init containers counted, though not looked at', () => {
    const spec = { containers: [{ name: 'c', image: 'nginx' }] };
    const init = { name: 'i', image: 'elasticsearch', env: [{ name: 'discovery.type', value: 'single-node' }] };
    expect(mayRun({ metadata: {}, spec: { ...spec, initContainers: [init] } })).toBe(false);
    expect(mayRun({ metadata: {}, spec: { ...spec, initContainers: [{ ...init, restartPolicy: 'Always' }] } })).toBe(
      true,
    );
    expect(
      mayRun({
        metadata: {},
        spec: { ...spec, initContainers: [{ ...init, env: list(PREFILTER_LIMITS.entries + 1) }] },
      }),
    ).toBe(true);
  });
});

describe('rows that make no prefilter', () => {
  const row = (fields: object): Workload => workloadSchema.parse({ name: 'own', required: 262_144, ...fields });

  it.each([
    [{ env: ["it's"] }, '"it\'s" has characters that the prefilter does not take'],
    [{ mounts: ['/a b'] }, '"/a b/" has characters that the prefilter does not take'],
    [
      { env: Array.from({ length: 251 }, (_, index) => `v${index}`) },
      'the rows have 251 words, more than the 250 of a prefilter',
    ],
    [
      { images: ['a'.repeat(800), 'b'.repeat(800)] },
      'the names of images have 1600 characters, more than the 1500 of a prefilter',
    ],
  ])('are told, and it is left out', (fields, problem) => {
    const { rows } = catalogueOf(
      [row(fields)],
      settings.catalogue.rows.map(({ name }) => name),
    );
    expect(prefilterOf(rows)).toEqual({ ok: false, problem });
    const { conditions, leftOut } = matchConditionsFor(rows);
    expect([conditions.map(({ name }) => name), leftOut]).toEqual([['not-yet-injected', 'not-a-mirror-pod'], problem]);
  });

  it('are none when all are switched off: then only what the author asks for is sent', () => {
    const ask = asker(
      catalogueOf(
        [],
        settings.catalogue.rows.map(({ name }) => name),
      ),
    );
    const spec = {
      containers: [{ name: 'elasticsearch', image: 'elasticsearch:8', ports: [{ containerPort: 9200 }] }],
    };
    expect(ask({ metadata: {}, spec })).toBe(false);
    expect(ask({ metadata: { annotations: { 'max-map-count.io/inject': 'no' } }, spec })).toBe(true);
  });
});

// Later ones would be refused by the oldest API server that the chart installs on:
// https://kubernetes.io/docs/reference/using-api/cel/ says which version brought which.
it('uses only functions and macros that Kubernetes 1.30 has', () => {
  const prefilter = prefilterOf(settings.catalogue.rows);
  const code = prefilter.ok ? prefilter.expression.replace(/\/\/.*|'[^']*'/g, '') : '';
  const called = new Set([...code.matchAll(/\b([a-zA-Z]+)\(/g)].map(([, name]) => name));
  expect([...called].sort()).toEqual(
    ['contains', 'dyn', 'exists', 'filter', 'has', 'map', 'matches', 'orValue', 'size', 'split', 'startsWith'].concat([
      'substring',
      'sum',
    ]),
  );
});

it('is readable: short lines, no escapes, and a comment for every part', () => {
  const { conditions } = matchConditionsFor(settings.catalogue.rows);
  const { expression = '' } = conditions.find(({ name }) => name === PREFILTER) ?? {};
  expect(expression).not.toContain('\\');
  expect(expression).not.toContain('%');
  const lines = expression.split('\n').filter((line) => !line.includes('(?:^|/)'));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(130);
  expect(lines.filter((line) => line.trim().startsWith('//')).length).toBeGreaterThanOrEqual(7);
  // The API server takes 100,000 characters.
  expect(expression.length).toBeLessThan(8000);
});
