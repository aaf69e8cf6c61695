import { describe, expect, it } from 'vitest';
import { builtInWorkloads, catalogueOf } from '../../../src/core/catalogue.ts';
import { look } from '../../../src/core/catalogue-index.ts';
import { detect } from '../../../src/core/detect.ts';
import { podParts, readParts } from '../../../src/core/read-pod.ts';
import { scoreOf } from '../../../src/core/score.ts';
import { SIGNALS, type Signal, strengthOf } from '../../../src/core/signals.ts';
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
  const evidenceOf = (signals: readonly Signal[]) =>
    signals.map((signal) => ({ signal, container: 'c', path: '', value: '' }));
  const verdict = (...signals: Signal[]) => {
    const { isEnough, isSuggested } = scoreOf(evidenceOf(signals));
    return isEnough ? 'enough' : isSuggested ? 'suggested' : 'no';
  };

  it.each<[Signal[], string]>([
    [['image'], 'enough'],
    [['image', 'client-setting', 'other-command', 'other-ports', 'restart-policy'], 'enough'],
    [['label'], 'enough'],
    [['label', 'other-image', 'client-setting'], 'enough'],
    [['env'], 'enough'],
    [['argument'], 'enough'],
    [['env', 'restart-policy', 'other-ports', 'other-command'], 'enough'],
    [['env', 'env', 'client-setting'], 'no'],
    [['env', 'other-image'], 'no'],
    [['image-name'], 'suggested'],
    ...(['port', 'ports', 'mount', 'env-hint', 'container-name', 'app-label'] as const).map(
      (signal): [Signal[], string] => [['image-name', signal], 'enough'],
    ),
    ...(['client-setting', 'other-command', 'other-ports', 'restart-policy'] as const).map(
      (signal): [Signal[], string] => [['image-name', 'container-name', signal], 'suggested'],
    ),
    [['image-name', 'mount', 'port', 'other-command', 'restart-policy'], 'enough'],
    [['mount'], 'suggested'],
    [['mount', 'container-name'], 'enough'],
    [['mount', 'port', 'other-image'], 'no'],
    [['mount', 'client-argument'], 'suggested'],
    [['env-hint'], 'no'],
    [['ports'], 'no'],
    [['ports', 'container-name'], 'enough'],
    [['ports', 'container-name', 'other-image'], 'no'],
    [['ports', 'container-name', 'restart-policy'], 'no'],
    [['env-hint', 'ports'], 'enough'],
    [['image-hint'], 'suggested'],
    [['image-hint', 'container-name'], 'suggested'],
    [['image-hint', 'ports'], 'enough'],
    [['container-name', 'app-label'], 'no'],
    [['image', 'env', 'mount', 'not-image'], 'no'],
    [['label', 'not-image'], 'no'],
    [['tool-name', 'container-name', 'ports'], 'no'],
    [['tool-name', 'env'], 'no'],
    [['tool-name', 'env', 'mount'], 'enough'],
    [['tool-name', 'label'], 'enough'],
    [['image', 'tool-command'], 'no'],
    [['label', 'env', 'mount', 'tool-command'], 'no'],
    [['annotation', 'not-image', 'tool-command'], 'enough'],
  ])('%j: %s', (signals, expected) => {
    expect(verdict(...signals)).toBe(expected);
    expect(verdict(...signals.toReversed())).toBe(expected);
  });

  it('takes two settings for two proofs, and two mounts for one', () => {
    const tool = evidenceOf(['tool-name']);
    const fact = (signal: Signal, value: string) => ({ signal, container: 'c', path: '', value });
    expect(scoreOf([...tool, fact('env', 'a'), fact('env', 'b')]).isVetoed).toBe(false);
    expect(scoreOf([...tool, fact('env', 'a'), fact('env', 'a')]).isVetoed).toBe(true);
    expect(scoreOf([...tool, fact('mount', 'a'), fact('mount', 'b')]).isVetoed).toBe(true);
  });

  it('has a weight and a meaning for every signal', () => {
    for (const signal of Object.keys(SIGNALS) as Signal[]) expect(strengthOf(signal).meaning).toMatch(/^[A-Z].*\.$/);
  });
});

it('looks at main containers and native sidecars only', () => {
  const image = 'elasticsearch:8.15.0';
  const parts = podParts({
    spec: {
      containers: [{ name: 'main', image }],
      initContainers: [
        { name: 'init', image },
        { name: 'sidecar', image, restartPolicy: 'Always' },
      ],
      ephemeralContainers: [{ name: 'debug', image }],
    },
  });
  if (!parts) throw new Error('no pod');
  const instructions = { optOut: false, affinity: false, workload: undefined, warnings: [] };
  const catalogue = catalogueOf();
  const findings = detect(readParts(parts), look(parts, catalogue.index), catalogue, instructions);
  const found = findings.map(({ container }) => container.name);
  expect([...new Set(found)].sort()).toEqual(['main', 'sidecar']);
});
