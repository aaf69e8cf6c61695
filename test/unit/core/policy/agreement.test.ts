// The policy sees less than the webhook and must err to one side: it never patches a pod that the webhook leaves alone, and
// where it patches one it does the same. Its expressions are those that an API server gets; test/cluster/policy.test.ts asks
// a real one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AllowedStrategy, Decision } from '../../../../src/core/decision.ts';
import { evaluate } from '../../../../src/core/evaluate.ts';
import type { Json } from '../../../../src/core/json.ts';
import type { PolicyVerdict } from '../../../../src/policy/evaluate.ts';
import { caseNames, readCase, settingsOf } from '../../../support/cases.ts';
import { createdPod } from '../../../support/created-pod.ts';
import { likelyPod } from '../../../support/likely-pods.ts';
import { pod } from '../../../support/pods.ts';
import { agreementTable, evaluatorFor, policyCases } from '../../../support/policy.ts';

const decisionOf = (decision: Decision) =>
  decision.decision === 'patch' ? `${decision.strategy}=${decision.value}` : 'left alone';
const verdictOf = (verdict: PolicyVerdict) =>
  verdict.patch === null ? 'left alone' : `${verdict.patch}=${verdict.value}`;

describe('over the corpus', () => {
  it.each(policyCases())('$name: does what the webhook does, or leaves the pod alone', (known) => {
    const raw = createdPod(known);
    const decision = evaluate(raw, { strategy: known.strategy }, known.settings);
    const verdict = evaluatorFor(known.config, known.settings, known.strategy)(raw);
    if (decision.reason !== 'not-a-pod') expect(verdict).not.toHaveProperty('problem');
    if (verdict.patch !== null) expect(verdictOf(verdict)).toBe(decisionOf(decision));
    if (verdict.patch === 'node-affinity') expect(decision).toMatchObject({ affinityMode: verdict.affinityMode });
  });

  it('agrees as often as docs/reference/policy-agreement.md says (rewrite with: npm run generate)', async () => {
    await expect(agreementTable(caseNames.map(readCase))).toMatchFileSnapshot(
      '../../../../docs/reference/policy-agreement.md',
    );
  }, 300_000);
});

const strategies = fc.constantFrom<AllowedStrategy>('init-container', 'node-affinity', 'none');
const configs = fc.constantFrom(
  '{}',
  '{level: recommended}',
  '{nodeAffinity: {mode: preferred}}',
  '{nodes: {guaranteed: 300000}}',
  '{disabledWorkloads: [elasticsearch]}',
);

// Arbitrary pods are hardly ever patched. These often are, until something of another pod is put into them.
const FIELDS = [
  'initContainers',
  'affinity',
  'nodeSelector',
  'nodeName',
  'hostUsers',
  'runtimeClassName',
  'securityContext',
];
const changedCase = fc
  .tuple(fc.constantFrom(...policyCases()), pod, fc.subarray(FIELDS, { maxLength: 2 }))
  .map(([known, other, fields]) => {
    const own = createdPod(known);
    const taken = Object.entries(Object(other.spec)).filter(([field]) => fields.includes(field));
    return { ...own, spec: { ...Object(own.spec), ...Object.fromEntries(taken) } };
  });

describe.each([
  ['arbitrary pods', pod, 300, 0],
  ['pods of the words of the catalogue', likelyPod, 600, 0],
  ['cases of the corpus with something of another pod', changedCase, 400, 20],
] as const)('for %s', (_, pods, numRuns, leastPatched) => {
  it('patches none that the webhook leaves alone, and the others as it does', () => {
    const met = { patched: 0, left: 0 };
    const property = (raw: Record<string, Json>, strategy: AllowedStrategy, config: string) => {
      const settings = settingsOf(config);
      const decision = evaluate(raw, { strategy }, settings);
      const verdict = evaluatorFor(config, settings, strategy)(raw);
      if (verdict.patch !== null) expect(verdictOf(verdict)).toBe(decisionOf(decision));
      met[verdict.patch === null ? 'left' : 'patched'] += 1;
    };
    fc.assert(fc.property(pods as fc.Arbitrary<Record<string, Json>>, strategies, configs, property), { numRuns });
    expect(met.patched).toBeGreaterThanOrEqual(leastPatched);
    expect(met.left).toBeGreaterThan(20);
  }, 300_000);
});
