// `helm test` for real, except that no node is there to run its pod: this test runs the pod's script with the pod's own
// token and reports how it ended, as a kubelet would.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf, type Result, run } from '../../tools/process/run.ts';
import { startSupervisor } from '../../tools/process/supervisor.ts';
import { expectNothingLeft, release } from '../support/chart-release.ts';
import { cluster } from '../support/cluster.ts';

const SECONDS = 30;
const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';
const { available, binaries, kubeconfig, kubectl, get, createNamespace, startWebhook } = cluster();

interface ProbePod {
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly { readonly command: readonly string[]; readonly env: readonly { value: string }[] }[];
  };
}

describe.skipIf(!available)('helm test', () => {
  const directory = async () => {
    const supervisor = await startSupervisor();
    onTestFinished(supervisor.stop);
    const path = join(supervisor.directory, 'account');
    await mkdir(path);
    return path;
  };
  const server = async () => {
    const config = parse(outputOf(await kubectl(['config', 'view', '--raw'])));
    const { server: url, 'certificate-authority-data': authority } = config.clusters[0].cluster;
    return { url: new URL(url), authority: atob(authority) };
  };

  /** Plays the kubelet for one run of the test's pod, and gives what its container said. */
  const runPod = async (name: string, namespace: string, account: string): Promise<Result> => {
    const find = () => get('pod', name, '--namespace', namespace) as Promise<ProbePod>;
    const { spec } = await eventually("waiting for the test's pod", find, { seconds: SECONDS });
    const { url, authority } = await server();
    const token = outputOf(await kubectl(['create', 'token', spec.serviceAccountName, '--namespace', namespace]));
    await writeFile(join(account, 'token'), token);
    await writeFile(join(account, 'ca.crt'), authority);
    const [container] = spec.containers;
    const script = (container?.command.at(-1) ?? '').replace(TOKEN, account);
    const env = {
      KUBERNETES_SERVICE_HOST: url.hostname,
      KUBERNETES_SERVICE_PORT: url.port,
      NAMESPACE: container?.env[0]?.value,
    };
    const result = await run(process.execPath, ['--input-type=module', '--eval', script], { env });
    const phase = result.code === 0 ? 'Succeeded' : 'Failed';
    const status = JSON.stringify({ status: { phase } });
    const patch = ['patch', 'pod', name, '--namespace', namespace, '--subresource=status', '--type=merge'];
    outputOf(await kubectl([...patch, '--patch', status]));
    return result;
  };

  it('fails while pods come back unpatched, passes once they do not, and leaves nothing behind', async () => {
    const [namespace, elsewhere] = [await createNamespace(), await createNamespace()];
    const account = await directory();
    const one = release({ helm: binaries.helm, kubeconfig }, 'probed', namespace);
    await one.install('--set', `tls.mode=helm,namespaces.mode=list,namespaces.names={${elsewhere}}`);
    const pod = `${one.fullname}-test`;
    const test = async () => {
      const [helm, probe] = await Promise.all([one.helm(['test', one.name]), runPod(pod, namespace, account)]);
      return { helm: helm.code, probe };
    };

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
