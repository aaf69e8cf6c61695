import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/server/metrics.ts';
import { testConfig } from '../../support/server.ts';

const OWN = 'workloads: [{name: own, images: [own], required: 262144}]';

/** The hashes that `/metrics` shows after these configurations, one after the other. */
async function hashesAfter(...configurations: readonly string[]): Promise<(string | undefined)[]> {
  const metrics = createMetrics('test');
  for (const yaml of configurations) metrics.setCatalogue(testConfig(yaml).settings.catalogue);
  const text = await metrics.registry.metrics();
  return [...text.matchAll(/catalogue_info\{hash="([0-9a-f]{12})"\} 1/g)].map(([, hash]) => hash);
}

describe('the catalogue metric', () => {
  it('is one series: the same for the same rows, another for others', async () => {
    const [builtIn] = await hashesAfter('');
    expect(await hashesAfter('mode: observe')).toEqual([builtIn]);
    expect(await hashesAfter(OWN, '')).toEqual([builtIn]);
    expect(await hashesAfter(OWN)).not.toEqual([builtIn]);
    expect(await hashesAfter('disabledWorkloads: [sonarqube]')).not.toEqual([builtIn]);
  });
});
