import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { outputOf } from '../../tools/process/run.ts';
import { CERT_MANAGER_CRDS } from '../support/cert-manager-crds.ts';
import * as chart from '../support/chart.ts';
import { cluster } from '../support/cluster.ts';

const root = new URL('../../', import.meta.url);
const { available, kubectl, apply } = cluster();

describe.skipIf(!available)('deploy/', () => {
  it('kustomization.yaml changes what it says, in every entry, and nothing of the names', async () => {
    const built = outputOf(await kubectl(['kustomize', fileURLToPath(new URL('deploy', root))]));
    const objects = parseAllDocuments(built).map((document) => document.toJS() as chart.KubernetesObject);
    const { webhooks } = chart.only<chart.WebhookConfiguration>(objects, 'MutatingWebhookConfiguration');
    const asked = { key: 'max-map-count.io/inject', operator: 'In', values: ['enabled'] };
    expect(webhooks).toHaveLength(2);
    for (const { namespaceSelector } of webhooks) expect(namespaceSelector.matchExpressions).toContainEqual(asked);
    const deployment = chart.only<chart.Deployment>(objects, 'Deployment');
    expect(deployment.spec).toMatchObject({ replicas: 3 });
    const [container] = deployment.spec.template.spec.containers;
    expect(container?.image).toBe(`registry.example.com/max-map-count-webhook:${packageJson.version}`);
  });

  it('install.yaml is accepted by the API server, and leaves nothing when it is deleted', async () => {
    const file = fileURLToPath(new URL('deploy/install.yaml', root));
    const crds = CERT_MANAGER_CRDS.map(({ metadata }) => `crd/${metadata.name}`);
    outputOf(await apply(...CERT_MANAGER_CRDS));
    try {
      outputOf(await kubectl(['wait', '--for=condition=Established', ...crds]));
      outputOf(await kubectl(['apply', '--validate=strict', '-f', file]));
      outputOf(await kubectl(['delete', '--wait=false', '-f', file]));
      const selector = ['--selector', 'app.kubernetes.io/instance=max-map-count-webhook'];
      const kinds = 'mutatingwebhookconfigurations,clusterroles,clusterrolebindings';
      expect(outputOf(await kubectl(['get', kinds, '--output=name', ...selector]))).toBe('');
    } finally {
      outputOf(await kubectl(['delete', ...crds]));
    }
  });
});
