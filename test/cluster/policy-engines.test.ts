// The recipes of examples/policies: the ValidatingAdmissionPolicy at work, the others against their engines' own schemas.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { get, type JsonObject, objects } from '../../src/core/json.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { apiClient, refusalOf } from '../support/api-client.ts';
import { cluster, type RegisteredWebhook } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';

const { available, kubectl, kubeconfig, createNamespace, startWebhook } = cluster();
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const recipe = (name: string) =>
  parseAllDocuments(read(`examples/policies/${name}.yaml`)).map((document) => document.toJS() as JsonObject);

describe.skipIf(!available)('recipes for policy engines', () => {
  const expressionIn = (name: string, ...path: (string | number)[]) => {
    return path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), recipe(name)[0]);
  };

  it('say the same in every engine', () => {
    const policy = expressionIn('validating-admission-policy', 'spec', 'validations', 0, 'expression');
    expect(expressionIn('kyverno-exception', 'spec', 'matchConditions', 0, 'expression')).toBe(policy);
    const validations = ['spec', 'targets', 0, 'code', 0, 'source', 'validations', 0, 'expression'];
    const template = String(expressionIn('gatekeeper-template', ...validations));
    expect(template.replaceAll('variables.anyObject', 'object')).toBe(policy);
  });

  it.each([
    ['kyverno-policyexception', 'kyverno-exception', 'policyexceptions.policies.kyverno.io', 'kyverno'],
    ['gatekeeper-constrainttemplate', 'gatekeeper-template', 'constrainttemplates.templates.gatekeeper.sh', ''],
  ])('fit the schema %s', async (schema, name, crd, namespace) => {
    const [first] = recipe(name);
    const input = JSON.stringify(first);
    outputOf(await kubectl(['apply', '--server-side', '-f', '-'], { input: read(`test/data/schemas/${schema}.yaml`) }));
    try {
      outputOf(await kubectl(['wait', '--for=condition=Established', `crd/${crd}`]));
      if (namespace) outputOf(await kubectl(['create', 'namespace', namespace]));
      const create = ['create', '--validate=strict', '--dry-run=server', '-f', '-'];
      const accepted = async () => outputOf(await kubectl(create, { input }));
      await eventually(`waiting until ${crd} is served`, accepted, { seconds: 20 });
    } finally {
      outputOf(await kubectl(['delete', `crd/${crd}`]));
      if (namespace) outputOf(await kubectl(['delete', 'namespace', namespace]));
    }
  });

  describe('the ValidatingAdmissionPolicy', () => {
    const client = apiClient(kubeconfig);
    const items = recipe('validating-admission-policy');
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    let webhook: RegisteredWebhook;
    let namespace: string;
    let patched: JsonObject;
    const create = (pod: object) => client.createPod(namespace, pod, { dryRun: true });
    const privileged = { name: 'root', image: 'busybox', securityContext: { privileged: true } };

    beforeAll(async () => {
      webhook = await startWebhook();
      namespace = await createNamespace({ team: 'policed' });
      patched = (await create(elasticsearch('es'))).body;
      // Whatever else the API server set stays out of the next request.
      patched = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'es' }, spec: patched.spec ?? {} };
      outputOf(await kubectl(['apply', '--validate=strict', '-f', '-'], { input }));
      const holds = async () => {
        const { status } = await create({ ...elasticsearch('x'), spec: { containers: [privileged] } });
        if (status !== 403) throw new Error(`a privileged pod gets ${status}`);
      };
      await eventually('waiting until the policy holds', holds, { seconds: 30 });
    });
    afterAll(async () => {
      outputOf(await kubectl(['delete', '-f', '-'], { input }));
      await webhook?.stop();
    });

    it.each(['elasticsearch:9.0.0', 'sonarqube:26.1', 'apache/doris:be-3.0.8'])(
      'lets our patch of %s in',
      async (image) => {
        const answer = await create(elasticsearch('es', { spec: { containers: [{ name: 'server', image }] } }));
        expect([answer.status, refusalOf(answer)]).toEqual([201, '']);
        expect(objects(answer.body.spec, 'initContainers')[0]?.name).toBe('max-map-count');
      },
    );

    it('knows no type error', async () => {
      const { typeChecking } = JSON.parse(
        outputOf(await kubectl(['get', 'validatingadmissionpolicy', 'privileged-only-max-map-count', '-o', 'json'])),
      ).status;
      expect(typeChecking?.expressionWarnings ?? []).toEqual([]);
    });

    const mount = [{ name: 'evil', mountPath: '/bin' }];
    const evil = [{ name: 'evil', emptyDir: {} }];
    it.each<[string, JsonObject, volumes?: JsonObject[]]>([
      ['another image', { image: 'busybox:1.37.0' }],
      ['another command', { command: ['/bin/sh', '-c', 'sleep 3600'] }],
      ['a command after ours', { args: ['x'] }],
      ['a variable', { env: [{ name: 'PATH', value: '/evil' }] }],
      ['a mount over its programs', { volumeMounts: mount }, evil],
      ['a probe', { restartPolicy: 'Always', livenessProbe: { exec: { command: ['id'] } } }],
      ['another name', { name: 'max-map-count-2' }],
    ])('refuses our container with %s', async (_what, change, volumes = []) => {
      const [first, ...rest] = objects(patched.spec, 'initContainers');
      const changed = {
        ...Object(patched.spec),
        volumes: [...objects(patched.spec, 'volumes'), ...volumes],
        initContainers: [{ ...first, ...change }, ...rest],
      };
      const answer = await create({ ...patched, spec: changed });
      expect([answer.status, refusalOf(answer)]).toEqual([
        403,
        expect.stringContaining('only as max-map-count-webhook'),
      ]);
    });

    it('refuses another privileged container beside ours', async () => {
      const containers = [...objects(patched.spec, 'containers'), privileged];
      const answer = await create({ ...patched, spec: { ...Object(patched.spec), containers } });
      expect(answer.status).toBe(403);
      expect(get(patched.spec, 'initContainers')).toBeDefined();
    });
  });
});
