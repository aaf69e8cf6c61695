import { describe, expect, it } from 'vitest';
import { waitUntilHealthy } from '../../../src/cli/doctor/wait.ts';
import type { Kube } from '../../../src/kube.ts';
import { settingsOf } from '../../support/cases.ts';
import { type World, worldKube } from './doctor-world.ts';

const patched = { body: { spec: { initContainers: [{ name: 'max-map-count' }] } } };
const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }];
const caBundle = Buffer.from('-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----').toString('base64');
const configurations = [
  {
    metadata: { name: 'zz-max-map-count-webhook' },
    webhooks: [
      {
        name: 'privileged.max-map-count.io',
        rules,
        clientConfig: { url: 'https://127.0.0.1:1/mutate/init-container', caBundle },
      },
    ],
  },
];

/** A cluster that goes through some states, one at each look, and stays in the last. */
async function waited(worlds: readonly World[], limit: number) {
  let looks = -1;
  let time = 0;
  const kubes = worlds.map(worldKube);
  const kube: Kube = {
    ...worldKube({}),
    send(request) {
      if (request.path === '/version') looks += 1;
      const now = kubes[Math.min(looks, kubes.length - 1)];
      if (!now) throw new Error('there is no state');
      return now.send(request);
    },
  };
  const told: string[] = [];
  const options = {
    only: 'search',
    limit: 100,
    settings: settingsOf(''),
    isGiven: false,
    progress: (line: string) => told.push(line),
  };
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      time += milliseconds;
    },
  };
  return {
    isHealthy: await waitUntilHealthy(kube, options, limit, clock),
    looks: looks + 1,
    seconds: time / 1000,
    told,
  };
}

const NOT_INSTALLED: World = { probe: { body: {} } };
const UNPATCHED: World = { configurations, probe: { body: {} } };
const FORBIDDEN: World = { forbidden: /^(?!GET \/version)/ };
const GONE: World = { broken: /version/ };

describe('--wait', () => {
  it('looks every two seconds, tells each reason once, and gives up when the time is up', async () => {
    const { isHealthy, looks, seconds, told } = await waited([GONE, NOT_INSTALLED, NOT_INSTALLED, UNPATCHED], 10_000);
    expect([isHealthy, looks, seconds]).toEqual([false, 6, 10]);
    expect(told).toEqual([
      'waiting: etcdserver: request timed out',
      'waiting: no MutatingWebhookConfiguration calls the webhook: it is not installed, and no pod is patched',
      expect.stringMatching(/^waiting: /),
    ]);
  });

  it('ends at once where nothing more can be seen', async () => {
    expect(await waited([FORBIDDEN], 10_000)).toMatchObject({ isHealthy: true, looks: 1, seconds: 0 });
  });

  it('does not look at all pods', async () => {
    const kube = worldKube({ ...FORBIDDEN, probe: patched });
    const options = { only: undefined, limit: 100, settings: settingsOf(''), isGiven: false, progress: () => {} };
    await waitUntilHealthy(kube, options, 0, { now: () => 0, sleep: async () => {} });
    expect(kube.asked.map(({ path }) => path).filter((path) => path.startsWith('/api/v1/pods'))).toEqual([]);
  });
});
