// The engine without a server, on the real API server, with failurePolicy Fail: over the corpus it does what the unit tests
// say it does, refuses no pod, and leaves pods as the webhook would make them.
import fastJsonPatch from 'fast-json-patch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AllowedStrategy } from '../../src/core/decision.ts';
import { get, type JsonObject, objects } from '../../src/core/json.ts';
import { policyObjects } from '../../src/core/policy/objects.ts';
import type { PolicyOptions } from '../../src/core/policy/policy.ts';
import type { Settings } from '../../src/core/settings.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { apiClient, comparablePod, refusalOf } from '../support/api-client.ts';
import { decideCase, settingsOf } from '../support/cases.ts';
import { cluster } from '../support/cluster.ts';
import { GROUP_LABEL, groupsOf } from '../support/corpus-webhooks.ts';
import { createdPod } from '../support/created-pod.ts';
import { OTHER, startInjector } from '../support/injector.ts';
import { elasticsearch } from '../support/manifests.ts';
import { createNamespaceWith } from '../support/namespaces.ts';
import { evaluatorFor, optionsFor, policyCases } from '../support/policy.ts';
import { policyVersionIn } from '../support/policy-version.ts';
import { appliedTo, initContainersOf } from '../support/webhook-view.ts';

const { available, kubeconfig, kubectl, apply, startWebhook, version: server } = cluster();
const version = policyVersionIn(server);
const RUNTIME_CLASSES = ['gvisor', 'kata', 'kata-qemu', 'nvidia'];
const OURS = 'max-map-count';
// What these cases show cannot be created through the API.
const REFUSED = [
  'lookalike-ephemeral-server-image',
  'lookalike-unparsable-references',
  'not-a-pod-containers-is-a-map',
];
const cases = policyCases().filter(({ name }) => !REFUSED.includes(name));
const groups = groupsOf(cases);

/** A policy and its binding for the namespaces with a label. */
function policyFor(name: string, label: string, settings: Settings, options: PolicyOptions): object[] {
  const [policy, binding] = policyObjects(settings, { ...options, version: version ?? 'v1', isStatic: false });
  const spec = policy.spec as { matchConstraints: { namespaceSelector: object } } & JsonObject;
  const namespaceSelector = { ...spec.matchConstraints.namespaceSelector, matchLabels: { [GROUP_LABEL]: label } };
  const matchConstraints = { ...spec.matchConstraints, namespaceSelector };
  return [
    { ...policy, metadata: { name }, spec: { ...spec, failurePolicy: 'Fail', matchConstraints } },
    { ...binding, metadata: { name }, spec: { policyName: name } },
  ];
}

describe.skipIf(!available || !version)('a MutatingAdmissionPolicy, on the real API server', () => {
  const client = apiClient(kubeconfig);
  const made: string[] = [];
  const createDry = (namespace: string, pod: object) => client.createPod(namespace, pod, { dryRun: true });
  const applyPolicy = async (name: string, label: string, settings: Settings, options: PolicyOptions) => {
    outputOf(await apply(...policyFor(name, label, settings, options)));
    made.push(name);
  };
  const patches = async (namespace: string, pod: object) => {
    const look = async () => {
      const answer = await createDry(namespace, pod);
      expect([answer.status, appliedTo(answer.body)], refusalOf(answer)).toEqual([201, expect.any(String)]);
    };
    await eventually(`waiting for the policy of ${namespace}`, look, { seconds: 60 });
  };
  afterAll(async () => {
    for (const kind of ['mutatingadmissionpolicybinding', 'mutatingadmissionpolicy'])
      if (made.length > 0) outputOf(await kubectl(['delete', kind, ...made]));
  });

  describe('over the corpus', () => {
    const namespaces = new Map<string, string>();
    let unseen: string;
    const counts = { patched: 0, left: 0 };
    const verdictOn = ({ config, settings, strategy }: (typeof cases)[number], pod: JsonObject) =>
      evaluatorFor(config, settings, strategy)(pod);
    beforeAll(async () => {
      const classes = RUNTIME_CLASSES.map((name) => {
        return { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler: name };
      });
      outputOf(await apply(...classes));
      unseen = await createNamespaceWith(client, {});
      for (const { label, config, strategy } of new Set(groups.values())) {
        namespaces.set(label, await createNamespaceWith(client, { [GROUP_LABEL]: `policy-${label}` }));
        await applyPolicy(`corpus-${label}`, `policy-${label}`, settingsOf(config), optionsFor(strategy));
      }
      for (const known of cases) {
        const pod = createdPod(known);
        const namespace = namespaces.get(groups.get(known.name)?.label ?? '') ?? '';
        if (verdictOn(known, pod).patch !== null) await patches(namespace, pod);
      }
    }, 300_000);
    afterAll(async () => {
      outputOf(await kubectl(['delete', 'runtimeclass', ...RUNTIME_CLASSES]));
      console.log(
        `policy on the real API server: ${counts.patched} pods patched as by the webhook, ${counts.left} left`,
      );
    });

    it.each(cases)('$name', async (known) => {
      const pod = createdPod(known);
      const namespace = namespaces.get(groups.get(known.name)?.label ?? '') ?? '';
      const { patch } = verdictOn(known, pod);
      const expected = patch === null ? [] : decideCase({ ...known, pod, ownerKind: '' }).patch;
      const changed = fastJsonPatch.applyPatch(structuredClone(pod), structuredClone(expected)).newDocument;
      const [made, wanted] = [await createDry(namespace, pod), await createDry(unseen, changed)];
      expect([made.status, refusalOf(made)]).toEqual([201, '']);
      expect(comparablePod(made.body)).toEqual(comparablePod(wanted.body));
      counts[patch === null ? 'left' : 'patched'] += 1;
    });
  });

  describe('with the settings of its own', () => {
    const LABEL = 'policy-own';
    let namespace: string;
    let baseline: string;
    beforeAll(async () => {
      namespace = await createNamespaceWith(client, { [GROUP_LABEL]: LABEL });
      const enforce = { 'pod-security.kubernetes.io/enforce': 'baseline' };
      baseline = await createNamespaceWith(client, { [GROUP_LABEL]: LABEL, ...enforce });
      const options: PolicyOptions = { ...optionsFor('init-container'), restrictedNamespaces: 'node-affinity' };
      await applyPolicy('own', LABEL, settingsOf('{}'), options);
      await patches(namespace, elasticsearch('probe'));
    });

    it('is idempotent, also where the token of the ServiceAccount is mounted after it', async () => {
      const { status, body } = await client.createPod(namespace, elasticsearch('token'));
      expect([status, initContainersOf(body), appliedTo(body)]).toEqual([201, [OURS], 'init-container=262144']);
      const { metadata, spec } = body;
      const again = await createDry(namespace, { ...elasticsearch('again'), spec });
      expect([again.status, initContainersOf(again.body)]).toEqual([201, [OURS]]);
      expect(get(metadata, 'name')).toBe('token');
    });

    it('gives a namespace that enforces Pod Security the affinity, and no privileged container', async () => {
      const { status, body } = await createDry(baseline, elasticsearch('restricted'));
      expect([status, initContainersOf(body), appliedTo(body)]).toEqual([201, [], 'node-affinity=262144']);
    });

    it('adds one container where another injector changes the pod after it', async () => {
      const injector = await startInjector();
      try {
        outputOf(await apply(injector.configuration('zzz-policy-injector', namespace)));
        const look = async () => {
          const { status, body } = await createDry(namespace, elasticsearch('injected'));
          expect([status, initContainersOf(body)]).toEqual([201, [OTHER, OURS]]);
        };
        await eventually('waiting for the other webhook', look, { seconds: 20 });
      } finally {
        outputOf(await kubectl(['delete', 'mutatingwebhookconfiguration', 'zzz-policy-injector']));
        injector.stop();
      }
    });

    it('adds one container beside the webhook, which finds nothing left to do', async () => {
      const webhook = await startWebhook();
      try {
        const { status, body, warnings } = await client.createPod(namespace, elasticsearch('both'));
        expect([status, initContainersOf(body), appliedTo(body)]).toEqual([201, [OURS], 'init-container=262144']);
        expect(warnings).toEqual([]);
      } finally {
        await webhook.stop();
      }
    });

    it.each([
      ['as many variables as a request holds', 20, 2_000, 20],
      ['as much as the policy reads', 20, 25, 39],
      ['as much as it reads, in one container', 1, 500, 39],
      ['one variable more than it reads', 1, 501, 20],
      ['long values', 1, 15, 1_970],
      ['values too long to be read', 1, 20, 2_500],
    ])('refuses no pod, however large: %s', async (_, count, variables, length) => {
      const env = Array.from({ length: variables }, (_, at) => ({
        name: `A_${at}_ES_DISCOVERY_TYPE`,
        value: 'x'.repeat(length),
      }));
      const containers = Array.from({ length: count }, (_, at) => ({
        name: `c${at}`,
        image: 'registry/team/elasticsearch:8',
        env,
      }));
      const answer = await createDry(namespace, elasticsearch('large', { spec: { containers } }));
      expect([answer.status, refusalOf(answer)]).toEqual([201, '']);
    });

    it('holds no Object in a list or a map, over which older API servers panic', () => {
      const [{ spec }] = policyObjects(settingsOf('{}'), {
        ...optionsFor('init-container'),
        version: 'v1',
        isStatic: false,
      });
      const [mutation] = objects(spec, 'mutations');
      const text = JSON.stringify(mutation);
      expect(text).toContain('Object.spec.initContainers{');
      expect(text).not.toMatch(/\[\s*Object\.|: \{[^}]*Object\./);
    });
  });
});

const STRATEGIES: readonly AllowedStrategy[] = ['init-container', 'node-affinity', 'none'];
it('has cases for every strategy', () => {
  expect([...new Set(cases.map(({ strategy }) => strategy))].sort()).toEqual([...STRATEGIES].sort());
});
