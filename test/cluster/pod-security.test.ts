// Namespaces that enforce a Pod Security level: what the API server refuses there, and what the chart does about it.
import fastJsonPatch from 'fast-json-patch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Strategy } from '../../src/core/decision.ts';
import { evaluate } from '../../src/core/evaluate.ts';
import { patchFor } from '../../src/core/patch.ts';
import { apiClient, refusalOf } from '../support/api-client.ts';
import { settingsOf } from '../support/cases.ts';
import { cluster, type RegisteredWebhook } from '../support/cluster.ts';
import { ELASTICSEARCH, elasticsearch } from '../support/manifests.ts';
import { appliedTo, initContainersOf } from '../support/webhook-view.ts';

const { available, kubeconfig, createNamespace, creationOf, startWebhook } = cluster();
const ENFORCE = 'pod-security.kubernetes.io/enforce';
// Fit for the restricted level, as the vendors' charts can be made to be.
const SPEC = {
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      ...ELASTICSEARCH,
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
};

describe.skipIf(!available)('Pod Security, on a real API server', () => {
  const client = apiClient(kubeconfig);

  describe.each(['baseline', 'restricted'])('at level %s', (level) => {
    let namespace: string;
    beforeAll(async () => {
      namespace = await createNamespace({ [ENFORCE]: level });
    });
    const create = (pod: object) => client.createPod(namespace, pod, { dryRun: true });

    it('refuses the init container', async () => {
      const { status, ...answer } = await create(patchedBy('init-container'));
      expect(status).toBe(403);
      const refusal = refusalOf({ status, ...answer });
      expect(refusal).toContain(`violates PodSecurity "${level}:latest": `);
      expect(refusal).toContain('privileged (container "max-map-count" must not set securityContext.privileged=true)');
    });

    it('accepts the affinity, and the pod as it was', async () => {
      expect((await create(patchedBy('node-affinity'))).status).toBe(201);
      expect((await create(elasticsearch('es', { spec: SPEC }))).status).toBe(201);
    });
  });

  /** What becomes of a pod in a new namespace with these labels. */
  const createIn = async (labels: Record<string, string>) => {
    const namespace = await createNamespace(labels);
    const name = `pod-of-${namespace}`;
    const { status, body, warnings } = await client.createPod(namespace, elasticsearch(name, { spec: SPEC }));
    const { annotations = {} } = await creationOf(name);
    const decided = Object.keys(annotations).find((key) => key.endsWith('.max-map-count.io/reason')) ?? '';
    const [init = 'none'] = initContainersOf(body);
    return { status, init, applied: appliedTo(body), [decided]: annotations[decided], warnings };
  };
  const patched = {
    status: 201,
    init: 'max-map-count',
    applied: 'init-container=262144',
    'privileged.max-map-count.io/reason': 'injected',
    warnings: [expect.stringContaining('added the privileged init container')],
  };
  const bound = {
    status: 201,
    init: 'none',
    applied: 'node-affinity=262144',
    'restricted.max-map-count.io/reason': 'affinity-added',
    warnings: [expect.stringContaining('added a node affinity')],
  };

  describe('with the defaults of the chart', () => {
    let webhook: RegisteredWebhook;
    beforeAll(async () => {
      webhook = await startWebhook();
    });
    afterAll(() => webhook?.stop());

    it.each(['baseline', 'restricted'])('lets a pod through with a warning at level %s', async (level) => {
      expect(await createIn({ [ENFORCE]: level })).toEqual({
        status: 201,
        init: 'none',
        applied: undefined,
        'restricted.max-map-count.io/reason': 'namespace-restricted',
        warnings: [expect.stringMatching(/^max-map-count: .*(?:Pod Security|namespace)/)],
      });
    });

    it('adds the init container at level privileged', async () => {
      expect(await createIn({ [ENFORCE]: 'privileged' })).toEqual(patched);
    });

    it('adds the init container where a level only warns', async () => {
      const warnings = [...patched.warnings, expect.stringContaining('would violate PodSecurity "baseline:latest"')];
      expect(await createIn({ 'pod-security.kubernetes.io/warn': 'baseline' })).toEqual({ ...patched, warnings });
    });
  });

  describe('with prepared nodes, in a cluster that enforces baseline by default', () => {
    let webhook: RegisteredWebhook;
    beforeAll(async () => {
      const set = ['podSecurity.restrictedNamespaces=node-affinity', 'podSecurity.clusterDefault=baseline'];
      webhook = await startWebhook({ set });
    });
    afterAll(() => webhook?.stop());

    it.each<[string, Record<string, string>]>([
      ['at level baseline', { [ENFORCE]: 'baseline' }],
      ['at level restricted', { [ENFORCE]: 'restricted' }],
      ['without a level of its own', {}],
    ])('adds the affinity in a namespace %s', async (_level, labels) => {
      expect(await createIn(labels)).toEqual(bound);
    });

    it('adds the init container at level privileged', async () => {
      expect(await createIn({ [ENFORCE]: 'privileged' })).toEqual(patched);
    });
  });
});

/** The pod as the core would patch it with a strategy. */
function patchedBy(strategy: Strategy): object {
  const settings = settingsOf('');
  const pod = elasticsearch('es', { spec: SPEC });
  const decision = evaluate(pod, { strategy }, settings);
  if (decision.decision !== 'patch') throw new Error(`not patched: ${decision.reason}`);
  return fastJsonPatch.applyPatch(structuredClone(pod), patchFor(pod, decision, settings)).newDocument;
}
