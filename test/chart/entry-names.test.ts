import { describe, expect, it } from 'vitest';
import * as chart from '../support/chart.ts';
import { chartPrograms } from '../support/chart-programs.ts';

const { available, helm } = chartPrograms();
const STRATEGIES = ['init-container', 'node-affinity', 'none'];

describe.skipIf(!available)('the names of the entries are a contract, and never change', () => {
  const namesWith = async (values: chart.Values) => {
    const objects = await chart.render({ helm, values });
    const found = objects.filter(({ kind }) => kind === 'MutatingWebhookConfiguration') as chart.WebhookConfiguration[];
    return found.map(({ metadata, webhooks }) => [metadata.name, webhooks.map(({ name }) => name)]);
  };
  const PODS = ['zz-mmc-max-map-count-webhook', ['privileged.max-map-count.io', 'restricted.max-map-count.io']];

  it.each(
    STRATEGIES.flatMap((privilegedNamespaces) =>
      ['none', 'node-affinity'].flatMap((restrictedNamespaces) =>
        [false, true].map((enabled) => ({
          podSecurity: { privilegedNamespaces, restrictedNamespaces },
          preparedNodes: { enabled },
        })),
      ),
    ),
  )('with %j', async (values) => {
    expect(await namesWith(values)).toEqual([PODS]);
  });

  it('with warnings, which are a configuration of their own', async () => {
    const warn = ['zz-mmc-max-map-count-webhook-warn', ['warn.max-map-count.io']];
    expect(await namesWith({ webhook: { warnOnWorkloads: true } })).toEqual([PODS, warn]);
  });
});
