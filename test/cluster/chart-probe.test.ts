// `helm test` for real, except that no node is there to run its pod: this test runs the pod's script with the pod's own
// token and reports how it ended, as a kubelet would.
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { startSupervisor } from '../../tools/process/supervisor.ts';
import { expectNothingLeft, type Release, release } from '../support/chart-release.ts';
import { cluster } from '../support/cluster.ts';
import { runHelmTestPod } from '../support/helm-test-pod.ts';
import { createNode } from '../support/prepared-nodes.ts';

const SECONDS = 30;
const here = cluster();
const { available, binaries, kubeconfig, kubectl, createNamespace, startWebhook } = here;

describe.skipIf(!available)('helm test', () => {
  /** Runs `helm test` of a release and its pod on a node with this value. */
  const tester = async (one: Release) => {
    const { directory, stop } = await startSupervisor();
    onTestFinished(stop);
    const pod = { kubectl, name: `${one.fullname}-test`, namespace: one.namespace, directory };
    return async (value = 65_530) => {
      const [helm, probe] = await Promise.all([one.helm(['test', one.name]), runHelmTestPod({ ...pod, value })]);
      return { helm: helm.code, probe };
    };
  };

  it('fails while pods come back unpatched, passes once they do not, and leaves nothing behind', async () => {
    const [namespace, elsewhere] = [await createNamespace(), await createNamespace()];
    const one = release({ helm: binaries.helm, kubeconfig }, 'probed', namespace);
    await one.install('--set', `tls.mode=helm,namespaces.mode=list,namespaces.names={${elsewhere}}`);
    const test = await tester(one);

    const failed = await test();
    expect(failed.helm).not.toBe(0);
    expect(failed.probe.stderr).toContain('the webhook was not called for namespace default');

    const webhook = await startWebhook();
    const passed = await test();
    await webhook.stop();
    expect(passed.probe).toMatchObject({ code: 0, stdout: expect.stringContaining('init-container=262144') });
    expect(passed.helm).toBe(0);
    await one.uninstall();
    await expectNothingLeft(kubectl, [one.name]);
  });

  it('passes in a namespace whose pods are left alone because of Pod Security, and says so', async () => {
    const namespace = await createNamespace();
    const strict = await createNamespace({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const one = release({ helm: binaries.helm, kubeconfig }, 'strict', namespace);
    const webhook = await startWebhook();
    await one.install('--set', `tls.mode=helm,namespaces.mode=optIn,test.namespace=${strict}`);
    const { probe } = await (await tester(one))();
    await webhook.stop();
    expect(probe).toMatchObject({ stderr: '', code: 0 });
    expect(probe.stdout).toMatch(/The webhook was called for namespace \S+, and left the pod alone: .*Pod Security/);
    await one.uninstall();
  });

  it('compares config.nodes.guaranteed with the labels of the nodes and with what its own node has', async () => {
    const namespace = await createNamespace();
    const one = release({ helm: binaries.helm, kubeconfig }, 'promised', namespace);
    const config = { nodes: { guaranteed: 524_288 } };
    const webhook = await startWebhook({ config });
    await one.install('--set', 'tls.mode=helm,namespaces.mode=optIn,config.nodes.guaranteed=524288');
    const test = await tester(one);

    await createNode(here, { 'max-map-count.io/value': '1048576' });
    const low = await createNode(here, { 'max-map-count.io/value': '262144' });
    const broken = await test(65_530);
    expect(broken.helm).not.toBe(0);
    expect(broken.probe.stderr).toContain('node node-of-the-test has 65530, as read on it');
    expect(broken.probe.stderr).toContain(`node ${low} has 262144, as its label max-map-count.io/value says`);

    outputOf(await kubectl(['delete', 'node', low]));
    const kept = await test(524_288);
    await webhook.stop();
    expect(kept.probe).toMatchObject({ stderr: '', code: 0 });
    expect(kept.probe.stdout).toContain('promises 524288 on every node: node node-of-the-test has 524288');
    expect(kept.probe.stdout).toContain('left the pod alone: every node has what it needs');
    await one.uninstall();
    await expectNothingLeft(kubectl, [one.name]);
  });

  it('may ask for a dry run and for nothing else', async () => {
    const namespace = await createNamespace();
    const one = release({ helm: binaries.helm, kubeconfig }, 'bounded', namespace);
    const rendered = outputOf(
      await one.helm(['template', one.name, join(import.meta.dirname, '../../charts/max-map-count-webhook')]),
    );
    const hooks = rendered
      .split(/^---$/m)
      .filter((text) => text.includes('helm.sh/hook') && !/^kind: Pod$/m.test(text));
    const input = hooks.join('\n---\n');
    onTestFinished(async () => void outputOf(await kubectl(['delete', '-f', '-'], { input })));
    outputOf(await kubectl(['apply', '-f', '-'], { input }));
    const create = [
      'run',
      'x',
      '--image=x',
      '--namespace=default',
      `--as=system:serviceaccount:${namespace}:${one.fullname}-test`,
    ];
    const refused = async () => {
      const { stderr } = await kubectl([...create, '--image-pull-policy=Never']);
      if (stderr === '') outputOf(await kubectl(['delete', 'pod', 'x', '--now']));
      expect(stderr).toContain('may only ask for a dry run');
    };
    await eventually('waiting until the policy holds', refused, { seconds: SECONDS });
    expect(await kubectl([...create, '--dry-run=server'])).toMatchObject({ code: 0 });
  });
});
