import { describe, expect, it } from 'vitest';
import { builtInWorkloads, catalogueOf } from '../../../src/core/catalogue.ts';
import { detect } from '../../../src/core/detect.ts';
import { readPod } from '../../../src/core/pod.ts';
import { SIGNALS, type Signal, strengthOf, THRESHOLD } from '../../../src/core/signals.ts';
import { points } from '../../../src/core/weigh.ts';
import { workloadSchema } from '../../../src/core/workload.ts';

const row = (name: string, required = 262_144) => workloadSchema.parse({ name, required });

describe('the built-in rows', () => {
  it.each(builtInWorkloads.map((each) => [each.name, each] as const))(
    '%s passes the schema of the administrator’s rows unchanged',
    (_, built) => {
      expect(workloadSchema.parse(built)).toEqual(built);
    },
  );

  it('name where each number comes from', () => {
    for (const { source } of builtInWorkloads) expect(source).toMatch(/^https:\/\//);
  });
});

describe('the catalogue in force', () => {
  const names = (...args: Parameters<typeof catalogueOf>) => catalogueOf(...args).rows.map(({ name }) => name);
  const all = builtInWorkloads.map(({ name }) => name);

  it('is the built-in rows, without the disabled ones', () => {
    expect(names()).toEqual(all);
    expect(names([], ['elasticsearch'])).toEqual(all.slice(1));
  });

  it('has a row of the administrator’s in the place of the one it replaces, and others at the end', () => {
    const own = [row('vespa'), row('sonarqube', 300_000)];
    expect(names(own)).toEqual([...all, 'vespa']);
    expect(catalogueOf(own).byName.get('sonarqube')?.required).toBe(300_000);
  });

  it('keeps a replacement of a disabled row', () => {
    expect(names([row('elasticsearch')], ['elasticsearch'])).toEqual([...all.slice(1), 'elasticsearch']);
  });
});

describe('how evidence adds up', () => {
  const [elasticsearch] = catalogueOf().rows;
  const [container] = readPod({ spec: { containers: [{ name: 'c', image: 'x' }] } })?.containers ?? [];
  if (!elasticsearch || !container) throw new Error('no row, no container');
  const sum = (...signals: Signal[]) =>
    points({
      row: elasticsearch,
      container,
      runs: 'server',
      evidence: signals.map((signal) => ({ signal, container: 'c', path: '', value: '' })),
    });

  it.each<[Signal[], boolean]>([
    [['image'], true],
    [['image', 'client-setting'], true],
    [['image-name'], true],
    [['image-name', 'client-setting'], false],
    [['image-name', 'client-setting', 'mount'], true],
    [['label'], true],
    [['env'], true],
    [['argument'], true],
    [['mount'], true],
    [['mount', 'client-argument'], false],
    [['env-hint'], false],
    [['ports'], false],
    [['ports', 'container-name'], true],
    [['ports', 'container-name', 'other-image'], false],
    [['env-hint', 'ports'], true],
    [['image-hint', 'ports'], true],
    [['container-name', 'app-label'], false],
    [['env', 'env', 'client-setting'], false],
    [['image', 'env', 'mount', 'not-image'], false],
    [['image', 'tool-command'], false],
    [['annotation', 'not-image', 'tool-command'], true],
  ])('%j: %s', (signals, enough) => {
    expect(sum(...signals) >= THRESHOLD).toBe(enough);
    expect(sum(...signals.toReversed())).toBe(sum(...signals));
  });

  it('has a weight and a meaning for every signal', () => {
    for (const signal of Object.keys(SIGNALS) as Signal[]) expect(strengthOf(signal).meaning).toMatch(/^[A-Z].*\.$/);
  });
});

it('looks at main containers and native sidecars only', () => {
  const image = 'elasticsearch:8.15.0';
  const pod = readPod({
    spec: {
      containers: [{ name: 'main', image }],
      initContainers: [
        { name: 'init', image },
        { name: 'sidecar', image, restartPolicy: 'Always' },
      ],
      ephemeralContainers: [{ name: 'debug', image }],
    },
  });
  if (!pod) throw new Error('no pod');
  const instructions = { optOut: false, affinity: false, workload: undefined, warnings: [] };
  const found = detect(pod, catalogueOf(), instructions).map(({ container }) => container.name);
  expect([...new Set(found)].sort()).toEqual(['main', 'sidecar']);
});
