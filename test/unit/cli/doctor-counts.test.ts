// What doctor says of many pods and nodes, and of each row's own words.
import { describe, expect, it } from 'vitest';
import { attempt } from '../../../src/cli/doctor/attempt.ts';
import { diagnoseWebhook } from '../../../src/cli/doctor/diagnosis.ts';
import { RIGHTS } from '../../../src/cli/doctor/rights.ts';
import { surveyWebhook } from '../../../src/cli/doctor/survey.ts';
import { builtInWorkloads } from '../../../src/core/catalogue.ts';
import { crashed, elasticsearch, HEALTHY, LINE, NOW, owned, ownPod, pod, resultsIn, settings } from './doctor-parts.ts';
import { worldKube } from './doctor-world.ts';

describe('each row of the catalogue', () => {
  it.each(builtInWorkloads.flatMap((row) => row.crashLines.map(({ words }) => [row.name, words] as const)))(
    '%s: "%s" is found with its cure',
    async (name, words) => {
      const line = words.replaceAll('*', '65530');
      const known = { containers: [{ name: 'app', image: 'registry.example.com/app' }] };
      const pods = [
        pod('app-0', known, crashed('app', `starting\n${line} 262144\nbye`, 0), owned('StatefulSet', 'app')),
      ];
      const found = (await resultsIn({ ...HEALTHY, pods })).filter(({ id }) => id === 'crash-too-low');
      expect(found).toHaveLength(1);
      expect(found[0]?.message).toContain(line);
      expect(found[0]?.remedy).toMatch(/^kubectl -n search patch statefulset\/app .*"max-map-count\.io\/workload":"/);
      expect(builtInWorkloads.find((row) => found[0]?.remedy?.includes(`:"${row.name}"`))?.crashLines).toContainEqual(
        expect.objectContaining({ words }),
      );
      expect(name).not.toBe('');
    },
  );
});

describe('many pods', () => {
  it('are told by owner, the largest first, and the rest is counted', async () => {
    const pods = Array.from({ length: 60 }, (_, index) => {
      const name = `es${String(index % 30).padStart(2, '0')}`;
      return pod(`${name}-${index}`, elasticsearch(), {}, owned('StatefulSet', name));
    });
    const found = (await resultsIn({ ...HEALTHY, pods })).filter(({ id }) => id === 'pods-missed');
    expect(found).toHaveLength(21);
    expect(found[0]?.message).toBe(
      'StatefulSet search/es00 has 2 pods that were not patched when created (es00-0, es00-30)',
    );
    expect(found[20]?.message).toBe('and 10 more like these, with 20 pods: narrow it with -n NAMESPACE');
  });

  it('of more owners than are kept are counted all the same', async () => {
    const pods = Array.from({ length: 1100 }, (_, index) => pod(`es-${index}`, elasticsearch()));
    const found = (await resultsIn({ ...HEALTHY, pods })).filter(({ id }) => id === 'pods-missed');
    expect(found.at(-1)?.message).toBe(
      'and more than 980 more like these, with 1080 pods: narrow it with -n NAMESPACE',
    );
  });
});

it('a pod that is being deleted is not told of, since the remedy leaves it behind for a while', async () => {
  const told = async (metadata: object) => {
    const pods = [pod('es-0', elasticsearch(), crashed('es', LINE), metadata)];
    const found = await resultsIn({ ...HEALTHY, pods: [ownPod(), ...pods] });
    return found.flatMap(({ id, level }) => (level === 'ok' ? [] : [id]));
  };
  expect(await told({})).toEqual(['pods-missed', 'crash-too-low']);
  expect(await told({ deletionTimestamp: '2026-01-02T03:04:05Z' })).toEqual([]);
});

it('many results of one kind are cut, and the rest is counted', async () => {
  const nodes = Array.from({ length: 100 }, (_, index) => ({
    metadata: { name: `worker-${index}`, labels: { 'max-map-count.io/value': 'high' } },
  }));
  const found = (await resultsIn({ ...HEALTHY, nodes })).filter(({ id }) => id === 'nodes-wrong-label');
  expect([found.length, found.at(-1)?.message]).toEqual([22, 'and 79 more like these']);
});

it('says what nodes without a label probably have', async () => {
  const nodes = ['Amazon Linux 2023.9.20251117', 'Amazon Linux 2023.9.20251117', 'Flatcar'].map((osImage, index) => ({
    metadata: { name: `worker-${index}` },
    status: { nodeInfo: { osImage, kubeletVersion: 'v1.34.1-eks-113cf36' } },
  }));
  const found = (await resultsIn({ ...HEALTHY, nodes })).find(({ id }) => id === 'nodes-labelled');
  expect(found?.message).toMatch(
    /^the value of 0 of 3 nodes is known .*; 2 without it: likely 524288 \(Amazon Linux 2023/,
  );
});

it('asks for the probe once where the namespace of the probe has no level', async () => {
  const kube = worldKube(HEALTHY);
  diagnoseWebhook(await surveyWebhook(kube, { only: undefined, settings, isGiven: true }), NOW);
  expect(kube.asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
});

it('an error that is none of the cluster’s is told as what could not be done', async () => {
  const failed = await attempt('list pods', RIGHTS.pods, async () => {
    throw new Error('socket hang up');
  });
  expect(failed).toEqual({ ok: false, problem: 'cannot list pods: socket hang up' });
});
