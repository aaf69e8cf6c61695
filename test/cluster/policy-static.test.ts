// A policy from the API server's own folder of manifests: in force from the start, and nothing of it in the API.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { minorOf } from '../../tools/compatibility/covered.ts';
import { type ControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import { apiClient, refusalOf } from '../support/api-client.ts';
import { temporaryDirectory } from '../support/certificates.ts';
import { SCRIPT } from '../support/cli-plugin.ts';
import { cluster } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';
import { appliedTo, initContainersOf } from '../support/webhook-view.ts';

const { available, binaries, version } = cluster();
// https://github.com/kubernetes/enhancements/issues/5793: beta and on from 1.37 on.
describe.skipIf(!available || minorOf(version) < 37)('a policy in the folder of an API server', () => {
  const directories: ReturnType<typeof temporaryDirectory>[] = [];
  let plane: ControlPlane;
  const render = async (...args: string[]) =>
    outputOf(await run(process.execPath, [SCRIPT, 'render', 'admission-policy', ...args]));

  beforeAll(async () => {
    // The API server takes every file of the first one for a manifest.
    const [policies, others] = [temporaryDirectory(), temporaryDirectory()];
    directories.push(policies, others);
    await writeFile(join(policies.path, 'max-map-count.yaml'), await render('--static'));
    const configuration = join(others.path, 'admission.yaml');
    await writeFile(configuration, stringify(admissionConfiguration(policies.path)));
    plane = await startControlPlane({
      binaries,
      apiServerFlags: [`--admission-control-config-file=${configuration}`],
    });
  });
  afterAll(async () => {
    await plane?.stop();
    for (const { remove } of directories) remove();
  });

  it('patches elk and leaves nginx alone, from the first pod on', async () => {
    const client = apiClient(plane.kubeconfig);
    const elk = await client.createPod(
      'default',
      elasticsearch('elk', { spec: { containers: [{ name: 'elk', image: 'sebp/elk' }] } }),
    );
    const nginx = await client.createPod(
      'default',
      elasticsearch('nginx', { spec: { containers: [{ name: 'nginx', image: 'nginx' }] } }),
    );
    expect([elk.status, initContainersOf(elk.body), appliedTo(elk.body)], refusalOf(elk)).toEqual([
      201,
      ['max-map-count'],
      'init-container=262144',
    ]);
    expect([nginx.status, initContainersOf(nginx.body), appliedTo(nginx.body)]).toEqual([201, [], undefined]);
  });

  it('shows nothing of it in the API, so that nobody can delete it there', async () => {
    for (const kind of ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'])
      expect(outputOf(await plane.kubectl(['get', kind, '-o', 'name']))).toBe('');
  });

  it('is refused when somebody creates it through the API', async () => {
    const { code, stderr } = await plane.kubectl(['create', '-f', '-'], { input: await render('--static') });
    expect(code).not.toBe(0);
    expect(stderr).toContain('.static.k8s.io');
  });
});

function admissionConfiguration(staticManifestsDir: string): object {
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [
      {
        name: 'MutatingAdmissionPolicy',
        configuration: {
          apiVersion: 'apiserver.config.k8s.io/v1',
          kind: 'MutatingAdmissionPolicyConfiguration',
          staticManifestsDir,
        },
      },
    ],
  };
}
