import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configSchema } from '../../src/config/schema.ts';
import { run } from '../../tools/process/run.ts';
import * as chart from '../support/chart.ts';
import { chartPrograms } from '../support/chart-programs.ts';

const { available, helm } = chartPrograms();

describe.skipIf(!available)("the chart's values", () => {
  it('has nothing that helm lint objects to', async () => {
    const { stdout, code } = await run(helm, ['lint', '--strict', chart.CHART]);
    expect(stdout).toContain('0 chart(s) failed');
    expect(code).toBe(0);
  });

  it.each<[chart.Values, string[]]>([
    [{ confg: {} }, ["'confg'"]],
    [{ replicas: 0 }, ['/replicas']],
    [{ image: { tag: 1.1 } }, ['/image/tag', 'want string']],
    [{ image: { digest: 'sha256:abc' } }, ['/image/digest']],
    [{ podLabels: { team: 7 } }, ['/podLabels/team']],
    [{ podDisruptionBudget: { maxUnavailable: 0 } }, ['/podDisruptionBudget/maxUnavailable']],
    [{ webhook: { failurePolicy: null } }, ["'failurePolicy'"]],
    [{ webhook: { timeoutSeconds: 31 } }, ['/webhook/timeoutSeconds', '30']],
    [{ webhook: { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Equals' }] } } }, ['/operator']],
    [{ podSecurity: { clusterDefault: 'none' } }, ['/podSecurity/clusterDefault', "'privileged'"]],
    [{ podSecurity: { restrictedNamespaces: 'init-container' } }, ['/podSecurity/restrictedNamespaces']],
    [{ config: { listen: { port: 443 } } }, ['/config', "'listen'"]],
    [{ config: { level: 'high' } }, ['/config/level', "'recommended'"]],
    [{ config: { initContainer: { resources: { cpu: '10m' } } } }, ['/config/initContainer/resources', "'memory'"]],
    [{ config: { workloads: [{ name: 'own', required: '262144' }] } }, ['/config/workloads/0/required']],
    [{ namespaces: { mode: 'none' } }, ['/namespaces/mode', "'optIn'"]],
    [{ namespaces: { mode: 'list' } }, ['namespaces.names: name at least one namespace']],
    [{ webhook: { reinvocationPolicy: 'Always' } }, ['/webhook/reinvocationPolicy', "'IfNeeded'"]],
    [{ webhook: { matchConditions: [{ name: 'a' }] } }, ['/webhook/matchConditions/0', "'expression'"]],
    [
      { webhook: { warnOnWorkloads: true }, podSecurity: { privilegedNamespaces: 'none' } },
      ['webhook.warnOnWorkloads: ', 'podSecurity.privilegedNamespaces'],
    ],
    [{ tls: { mode: 'rotated', rotated: { days: 0 } } }, ['/tls/rotated/days']],
    [{ tls: { mode: 'rotated', rotated: { days: 30 } } }, ['tls.rotated.renewBeforeDays: must be less than']],
    [{ auth: { mode: 'token' } }, ['/auth/mode', "'clientCertificate'"]],
    [{ auth: { mode: 'clientCertificate', caBundle: chart.CA } }, ['auth.names: list at least one common name']],
    [{ auth: { mode: 'clientCertificate', names: ['a'] } }, ['auth.caBundle: give the CA certificates of callers']],
    [{ auth: { mode: 'clientCertificate', names: ['a'], caBundle: 'ca.crt' } }, ['auth.caBundle: must be PEM text']],
    [
      { auth: { mode: 'clientCertificate', names: ['a'], caBundle: chart.CA, caSecretName: 'b' } },
      ['auth.caBundle: give either this or auth.caSecretName'],
    ],
    [{ tls: { certManager: { issuerRef: { name: 'mine' } } } }, ['/tls/certManager/issuerRef']],
    [{ tls: { certManager: { duration: '90 days' } } }, ['/tls/certManager/duration']],
    [{ tls: { mode: 'helm', helm: { days: 30 } } }, ['tls.helm.renewBeforeDays: must be less than tls.helm.days']],
    [{ ports: { admin: 8443 } }, ['ports.admin: must differ']],
    [{ ports: { webhook: 70_000 } }, ['/ports/webhook']],
    [{ autoscaling: { enabled: true, minReplicas: 6 } }, ['autoscaling.minReplicas: must not be above']],
    [{ networkPolicy: { adminFrom: [{ podSelektor: {} }] } }, ["'podSelektor'"]],
    [{ metrics: { serviceMonitor: { interval: '30' } } }, ['/metrics/serviceMonitor/interval']],
    [{ preparedNodes: { mode: 'off' } }, ['/preparedNodes/mode']],
    [{ tls: { mode: 'selfManaged' } }, ['/tls/mode', "'certManager', 'rotated', 'helm', 'existingSecret'"]],
    [{ tls: { mode: 'existingSecret' } }, ['tls.existingSecret.secretName: name the Secret']],
    [chart.existingSecret(''), ['tls.existingSecret.caBundle: give the CA']],
    [chart.existingSecret(btoa(chart.CA)), ['tls.existingSecret.caBundle: must be PEM text']],
  ])('refuses %j with a message that names the value', async (values, words) => {
    const { stderr, code } = await chart.helm('template', { helm, values });
    expect(code).not.toBe(0);
    for (const word of words) expect(stderr).toContain(word);
  });

  it("has a schema of `config` with the keys of the server's, except those that the chart sets itself", async () => {
    const schema: SchemaNode = JSON.parse(await readFile(`${chart.CHART}/values.schema.json`, 'utf8'));
    const server = z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;
    const expected = keysOf(server, server).filter((key) => !/^(listen|tls|auth)\b/.test(key));
    expect(expected).toContain('workloads.earlier.before');
    expect(keysOf(schema.properties?.config ?? {}, schema)).toEqual(expected);
  });
});

interface SchemaNode {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly definitions?: Readonly<Record<string, SchemaNode>>;
}

/** The paths of all keys that a schema names, sorted. */
function keysOf(node: SchemaNode, root: SchemaNode): string[] {
  if (node.$ref !== undefined) return keysOf(root.definitions?.[node.$ref.split('/').at(-1) ?? ''] ?? {}, root);
  const nested = [...(node.anyOf ?? []), ...(node.items ? [node.items] : [])].flatMap((it) => keysOf(it, root));
  const own = Object.entries(node.properties ?? {}).flatMap(([key, it]) => [
    key,
    ...keysOf(it, root).map((below) => `${key}.${below}`),
  ]);
  return [...nested, ...own].sort();
}
