import { describe, expect, it } from 'vitest';
import { policyObjects } from '../../../../src/core/policy/objects.ts';
import { POLICY_VERSIONS } from '../../../../src/core/policy/versions.ts';
import { settingsOf } from '../../../support/cases.ts';
import { optionsFor } from '../../../support/policy.ts';

describe.each(POLICY_VERSIONS)('a policy of %s', (version) => {
  const written = (isStatic: boolean) =>
    policyObjects(settingsOf(''), { ...optionsFor('init-container'), version, isStatic });

  it('has a binding that names it', () => {
    const [policy, binding] = written(false);
    const apiVersion = `admissionregistration.k8s.io/${version}`;
    const metadata = { name: 'max-map-count-webhook' };
    expect(policy).toMatchObject({ apiVersion, kind: 'MutatingAdmissionPolicy', metadata });
    expect(binding).toEqual({
      apiVersion,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: metadata.name },
    });
  });

  it('has the suffix that the folder of an API server asks for, and is the same otherwise', () => {
    const [policy, binding] = written(true);
    const name = 'max-map-count-webhook.static.k8s.io';
    expect([policy.metadata, binding.metadata, binding.spec]).toEqual([{ name }, { name }, { policyName: name }]);
    expect(policy.spec).toEqual(written(false)[0].spec);
  });
});
