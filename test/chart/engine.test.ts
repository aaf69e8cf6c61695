// `engine: admissionPolicy`: a policy and its binding and nothing else, the same as `render admission-policy` prints.
import { describe, expect, it } from 'vitest';
import { builtInWorkloads } from '../../src/core/catalogue.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { policyObjects } from '../../src/core/policy/objects.ts';
import type { PolicyOptions } from '../../src/core/policy/policy.ts';
import { settingsOf } from '../support/cases.ts';
import * as chart from '../support/chart.ts';
import { chartPrograms } from '../support/chart-programs.ts';

const { available, helm } = chartPrograms();
const ENGINE = { engine: 'admissionPolicy' };
const DEFAULTS: PolicyOptions = {
  clusterDefault: 'privileged',
  privilegedNamespaces: 'init-container',
  restrictedNamespaces: 'none',
};

describe.skipIf(!available)('the engine admissionPolicy, rendered by helm', () => {
  const render = (values: chart.Values, flags: readonly string[] = []) => chart.render({ helm, values, flags });
  const specOf = async (values: chart.Values) =>
    chart.only<chart.KubernetesObject & { spec: JsonObject }>(await render(values), 'MutatingAdmissionPolicy').spec;

  it('is a policy and a binding, and nothing else', async () => {
    const objects = await render(ENGINE);
    expect(objects.map(({ kind, apiVersion }) => `${apiVersion} ${kind}`)).toEqual([
      'admissionregistration.k8s.io/v1 MutatingAdmissionPolicy',
      'admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding',
    ]);
    const [policy, binding] = objects as (chart.KubernetesObject & { spec: JsonObject })[];
    expect(binding?.spec).toEqual({ policyName: policy?.metadata.name });
  });

  it.each<[string, chart.Values, string, Partial<PolicyOptions>]>([
    ['the defaults', {}, '{}', {}],
    [
      'podSecurity',
      { podSecurity: { clusterDefault: 'baseline', restrictedNamespaces: 'node-affinity' } },
      '{}',
      { clusterDefault: 'baseline', restrictedNamespaces: 'node-affinity' },
    ],
    ['prepared nodes', { preparedNodes: { enabled: true } }, '{}', { restrictedNamespaces: 'node-affinity' }],
    ...[
      { level: 'recommended', nodes: { guaranteed: 300_000 } },
      { disabledWorkloads: ['sonarqube', 'doris-be'] },
      { initContainer: { image: 'registry.example.com/busybox:1.37.0', imagePullPolicy: 'Always' } },
      { initContainer: { resources: { cpu: '10m', memory: '16Mi' } } },
      { nodeAffinity: { label: 'example.com/maps', mode: 'preferred' } },
    ].map((config): [string, chart.Values, string, object] => [
      JSON.stringify(config),
      { config },
      JSON.stringify(config),
      {},
    ]),
  ])('has the variables and the mutation of the printed policy, with %s', async (_, values, config, options) => {
    const [printed] = policyObjects(settingsOf(config), { ...DEFAULTS, ...options, version: 'v1', isStatic: false });
    const { variables, mutations, failurePolicy, reinvocationPolicy } = printed.spec as JsonObject;
    const spec = await specOf({ ...ENGINE, ...values });
    expect(spec.variables).toEqual(variables);
    expect(spec).toMatchObject({ mutations, failurePolicy, reinvocationPolicy });
  });

  it('selects the namespaces and pods that the webhook would be called for', async () => {
    const selectors = {
      namespaces: { mode: 'list', names: ['search'] },
      webhook: {
        failurePolicy: 'Fail',
        namespaceSelector: { matchLabels: { team: 'a' } },
        objectSelector: { matchLabels: { app: 'es' } },
        matchConditions: [{ name: 'mine', expression: 'true' }],
      },
    };
    const spec = await specOf({ ...ENGINE, ...selectors });
    const rendered = await render(selectors);
    const [entry] = chart.only<chart.WebhookConfiguration>(rendered, 'MutatingWebhookConfiguration').webhooks;
    const { matchExpressions = [], ...others } = entry?.namespaceSelector ?? {};
    const own = matchExpressions.filter(({ key }) => key !== 'pod-security.kubernetes.io/enforce');
    expect(spec).toMatchObject({
      failurePolicy: 'Fail',
      matchConditions: [{ name: 'mine', expression: 'true' }],
      matchConstraints: {
        namespaceSelector: { ...others, matchExpressions: own },
        objectSelector: { matchLabels: { app: 'es' } },
      },
    });
  });

  it.each([
    ['1.37.0', 'v1'],
    ['1.36.0', 'v1'],
    ['1.35.2', 'v1beta1'],
    ['1.34.0-gke.1', 'v1beta1'],
  ])('on Kubernetes %s uses the API version %s', async (kubernetes, version) => {
    const [policy] = await render(ENGINE, ['--kube-version', kubernetes]);
    expect(policy?.apiVersion).toBe(`admissionregistration.k8s.io/${version}`);
  });

  it.each<[string, chart.Values, readonly string[]]>([
    ['needs Kubernetes 1.34', {}, ['--kube-version', '1.33.9']],
    ['config.mode', { config: { mode: 'observe' } }, []],
    ['config.workloads', { config: { workloads: [{ name: 'mine', required: 262_144 }] } }, []],
    ['webhook.warnOnWorkloads', { webhook: { warnOnWorkloads: true } }, []],
    ['config.disabledWorkloads', { config: { disabledWorkloads: builtInWorkloads.map(({ name }) => name) } }, []],
  ])('says what a policy cannot do: %s', async (words, values, flags) => {
    const { code, stderr } = await chart.helm('template', { helm, values: { ...ENGINE, ...values }, flags });
    expect(code).not.toBe(0);
    expect(stderr).toContain(words);
  });
});
