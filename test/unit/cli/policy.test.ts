import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { cli } from './support.ts';

const render = (...args: string[]) => cli(['render', 'admission-policy', ...args]);
const objectsIn = (text: string) => parseAllDocuments(text).map((document) => document.toJS());

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'policy-')), 'file.yaml');
  writeFileSync(path, text);
  return path;
}

describe('render admission-policy', () => {
  it('prints a policy and its binding', async () => {
    const { stdout, stderr, code } = await render();
    expect([stderr, code]).toEqual(['', 0]);
    const [policy, binding] = objectsIn(stdout);
    expect(policy).toMatchObject({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: 'max-map-count-webhook' },
      spec: { failurePolicy: 'Ignore', mutations: [{ patchType: 'JSONPatch' }] },
    });
    expect(binding).toMatchObject({
      kind: 'MutatingAdmissionPolicyBinding',
      spec: { policyName: 'max-map-count-webhook' },
    });
  });

  it('takes rows, switches and numbers from the configuration', async () => {
    const own = '{name: kopia-maint, required: 300000, images: [kopia-maint]}';
    const config = file(`workloads: [${own}]\ndisabledWorkloads: [elasticsearch]\nnodes: {guaranteed: 70000}\n`);
    const [policy] = objectsIn((await render('--config', config)).stdout);
    const variables = new Map(
      policy.spec.variables.map(({ name, expression }: Record<string, string>) => [name, expression]),
    );
    expect([...variables.keys()]).toContain('row_kopia_maint');
    expect([...variables.keys()]).not.toContain('row_elasticsearch');
    expect(variables.get('guaranteed')).toBe('70000');
  });

  it('has the name that an API server asks for in its folder, and only v1 there', async () => {
    const [policy, binding] = objectsIn((await render('--static')).stdout);
    expect([policy.metadata.name, binding.spec.policyName]).toEqual(
      Array(2).fill('max-map-count-webhook.static.k8s.io'),
    );
    const { stdout, stderr, code } = await render('--static', '--api-version', 'v1beta1');
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toContain('--static takes --api-version v1 only');
  });

  it('adds affinity in every namespace when that is the strategy', async () => {
    const [policy] = objectsIn((await render('--strategy', 'node-affinity', '--api-version', 'v1beta1')).stdout);
    expect(policy.apiVersion).toBe('admissionregistration.k8s.io/v1beta1');
    const text = JSON.stringify(policy.spec.variables);
    for (const kind of ['privilegedNamespaces', 'restrictedNamespaces'])
      expect(text).toContain(`{"name":"${kind}","expression":"\\"node-affinity\\""}`);
  });

  it('cannot observe', async () => {
    const { stdout, stderr, code } = await render('--config', file('mode: observe\n'));
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('mode: observe has no policy')]);
  });
});

describe('preview --engine admissionPolicy', () => {
  const pod = (container: string) =>
    file(`apiVersion: apps/v1
kind: StatefulSet
metadata: {name: es}
spec:
  template:
    spec:
      containers: [${container}]
`);

  it('says that the policy leaves a pod alone, which the webhook would patch', async () => {
    const path = pod(
      '{name: es, image: "elasticsearch:8.15.0", command: [sh, -c, "ulimit -l unlimited; bin/elasticsearch"]}',
    );
    const { stdout, stderr, code } = await cli(['preview', '-f', path, '--engine', 'admissionPolicy', '--exit-code']);
    expect([stdout, code]).toEqual(['', 0]);
    expect(stderr).toContain(
      'StatefulSet es: unchanged: the policy leaves the pod alone, which the webhook would patch',
    );
    expect(stderr).toContain('1 pod template: 0 would be patched, 1 unchanged');
    expect((await cli(['preview', '-f', path, '--exit-code'])).code).toBe(1);
  });

  it('shows the patch where both agree', async () => {
    const path = pod('{name: es, image: "elasticsearch:8.15.0"}');
    const [policy, webhook] = [
      await cli(['preview', '-f', path, '-o', 'patch', '--engine', 'admissionPolicy']),
      await cli(['preview', '-f', path, '-o', 'patch']),
    ];
    expect(policy.stdout).toBe(webhook.stdout);
    expect(policy.stdout).toContain('max-map-count');
  });
});
