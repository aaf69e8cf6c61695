// `doctor --wait` and `doctor --bundle`, on a real API server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTarGzip } from 'nanotar';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/cli/doctor/check-result.ts';
import { createAuthority } from '../../tools/control-plane/certificate.ts';
import { outputOf } from '../../tools/process/run.ts';
import { installPlugin, pluginCaller } from '../support/cli-plugin.ts';
import { cluster } from '../support/cluster.ts';
import { startLogNode } from '../support/kubelet-logs.ts';

const { available, kubectl, apply, createNamespace, startWebhook } = cluster();
const PLANTED = 'planted-7f3a9c';

describe.skipIf(!available)('doctor, on a real API server', () => {
  const plugin = installPlugin();
  const maxMapCount = pluginCaller(kubectl, plugin);
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  afterAll(() => plugin.remove());

  it('--wait ends when the webhook comes up', async () => {
    const namespace = await createNamespace();
    const started = Date.now();
    const waiting = maxMapCount(['doctor', '-n', namespace, '--wait', '2m', '-o', 'json']);
    const webhook = await startWebhook();
    const up = Date.now();
    undo.push(() => webhook.stop());
    const { stdout, stderr, code } = await waiting;
    const { findings }: { findings: CheckResult[] } = JSON.parse(stdout);
    expect([findings.filter(({ level }) => level !== 'ok'), code]).toEqual([[], 0]);
    expect(stderr).toMatch(/^waiting: no MutatingWebhookConfiguration calls the webhook/m);
    expect(Date.now() - up).toBeLessThan(Math.max(30_000, up - started));
  });

  it('--wait gives up when the time is over, and reports what is wrong', async () => {
    const { stdout, stderr, code } = await maxMapCount(['doctor', '-n', await createNamespace(), '--wait', '3s']);
    expect(stderr).toMatch(/^gave up waiting after 3 s$/m);
    expect(stdout).toMatch(/^finding +webhook +no MutatingWebhookConfiguration/m);
    expect(code).toBe(1);
  });

  it('--bundle holds the state of the webhook and nothing secret', async () => {
    const namespace = await createNamespace();
    const authority = await createAuthority('bundle');
    const { key } = await authority.issue({});
    const labels = { 'app.kubernetes.io/name': 'max-map-count-webhook' };
    const name = 'max-map-count-webhook-0';
    const line = JSON.stringify({
      level: 'info',
      namespace: 'search',
      name: 'es-0',
      reason: 'injected',
      msg: 'patched pod',
      env: PLANTED,
    });
    const node = await startLogNode({ apply, kubectl }, `${namespace}-node`, {
      [`${namespace}/${name}/webhook`]: `${line}\n${PLANTED}\n`,
    });
    undo.push(() => node.stop());
    const env = [{ name: 'TOKEN', value: PLANTED }];
    const configuration = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: `zz-${namespace}`, labels, annotations: { note: PLANTED } },
      webhooks: [
        {
          name: 'privileged.max-map-count.io',
          clientConfig: {
            service: { namespace, name: 'webhook', path: '/mutate/init-container' },
            caBundle: Buffer.from(authority.certificate).toString('base64'),
          },
          rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Ignore',
          timeoutSeconds: 1,
        },
      ],
    };
    const containers = [{ name: 'webhook', image: 'webhook:1', env, args: [PLANTED] }];
    outputOf(
      await apply(
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'tls', namespace, labels },
          stringData: { 'tls.key': key, token: PLANTED },
        },
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'webhook', namespace, labels },
          data: { 'config.yaml': 'level: required\n', other: PLANTED },
        },
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name, namespace, labels, annotations: { note: PLANTED } },
          spec: { nodeName: node.name, containers },
        },
        {
          ...{
            apiVersion: 'v1',
            kind: 'Event',
            metadata: { name: 'back-off', namespace },
            type: 'Warning',
            reason: 'BackOff',
          },
          ...{ message: 'Back-off restarting failed container', involvedObject: { kind: 'Pod', namespace, name } },
        },
      ),
    );
    outputOf(await apply(configuration));
    undo.push(() => kubectl(['delete', 'mutatingwebhookconfiguration', configuration.metadata.name]));
    const file = join(plugin.directory, `${namespace}.tgz`);
    const { stderr } = await maxMapCount(['doctor', '-n', namespace, '--bundle', file]);
    const entries = await parseTarGzip(readFileSync(file));
    const files = new Map(entries.map((entry) => [entry.name.replace('max-map-count-doctor/', ''), entry.text]));
    for (const [entry, content] of files) {
      expect(content, entry).not.toContain(PLANTED);
      expect(content, entry).not.toContain(Buffer.from(PLANTED).toString('base64'));
      expect(content, entry).not.toMatch(/PRIVATE KEY/);
      if (entry !== 'contents.txt') expect(stderr).toContain(`  ${entry} `);
    }
    expect(stderr).not.toContain('not there');
    const jsonOf = (entry: string) => JSON.parse(files.get(entry) ?? 'null');
    expect(jsonOf('registration.json')).toMatchObject([{ metadata: { name: `zz-${namespace}` } }]);
    expect(jsonOf('configuration.json')).toMatchObject([
      { 'config.yaml': 'level: required\n', sha256: expect.any(String) },
    ]);
    expect(jsonOf('pods.json')).toMatchObject([{ metadata: { name } }]);
    expect(jsonOf('events.json')).toMatchObject([{ reason: 'BackOff' }]);
    expect(files.get('decisions.jsonl')).toBe(
      '{"level":"info","msg":"patched pod","namespace":"search","name":"es-0","reason":"injected"}\n',
    );
    expect(jsonOf('versions.json').kubernetes).toMatch(/^v1\./);
    const again = await maxMapCount(['doctor', '-n', namespace, '--bundle', file]);
    expect([again.stderr, again.code]).toEqual([expect.stringContaining(`error: ${file} is there already`), 2]);
  });
});
