import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastJsonPatch from 'fast-json-patch';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { decideTemplates, objectPatch } from '../../../src/cli/manifests/decide-templates.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { settingsOf } from '../../support/cases.ts';
import { cli } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'cli-custom-'));
afterAll(() => rmSync(folder, { recursive: true }));
const settings = settingsOf('');

function eck(nodeSet: object, spec: object = {}): JsonObject {
  return {
    apiVersion: 'elasticsearch.k8s.elastic.co/v1',
    kind: 'Elasticsearch',
    metadata: { name: 'quickstart' },
    spec: { version: '9.0.0', nodeSets: [{ name: 'default', count: 1, ...nodeSet }], ...spec } as JsonObject,
  };
}

function openSearch(general: object, pool: object, apiVersion = 'opensearch.opster.io/v1'): JsonObject {
  return {
    apiVersion,
    kind: 'OpenSearchCluster',
    metadata: { name: 'logs' },
    spec: { general: { version: '2.19.0', ...general }, nodePools: [{ component: 'data', replicas: 3, ...pool }] },
  } as JsonObject;
}

const patched = (object: JsonObject, strategy: 'init-container' | 'node-affinity' = 'init-container') => {
  const decisions = decideTemplates(object, settings, strategy);
  const patch = objectPatch(object, decisions);
  const { newDocument } = fastJsonPatch.applyPatch(structuredClone(object), [...patch], true, false);
  return { decisions, patch, object: newDocument };
};

describe('ECK’s Elasticsearch', () => {
  it('gets the init container in a podTemplate that was not there, with the operator’s own resources', () => {
    const { object, patch, decisions } = patched(eck({}));
    expect(decisions.map(({ decision }) => [decision.reason, decision.workload])).toEqual([
      ['injected', 'elasticsearch'],
    ]);
    expect(patch.map(({ path }) => path)).toEqual(['/spec/nodeSets/0/podTemplate']);
    expect(object).toMatchObject({
      spec: {
        nodeSets: [
          {
            podTemplate: {
              metadata: { annotations: { 'max-map-count.io/applied': 'init-container=262144' } },
              spec: {
                initContainers: [
                  { name: 'max-map-count', resources: { requests: { memory: '2Gi' }, limits: { memory: '2Gi' } } },
                ],
              },
            },
          },
        ],
      },
    });
  });

  it('keeps what its podTemplate says, and goes by its own image and annotations', () => {
    const podTemplate = {
      metadata: { annotations: { a: 'b' } },
      spec: {
        initContainers: [{ name: 'plugins', command: ['sh'] }],
        containers: [
          { name: 'elasticsearch', env: [{ name: 'X', value: 'y' }] },
          { name: 'sidecar', image: 'x' },
        ],
      },
    };
    const { patch } = patched(eck({ podTemplate }, { image: 'my.registry.example/es:9' }));
    const base = '/spec/nodeSets/0/podTemplate';
    expect(patch.map(({ path }) => path)).toEqual([
      `${base}/spec/initContainers/0`,
      `${base}/metadata/annotations/max-map-count.io~1applied`,
    ]);
    const optedOut = { metadata: { annotations: { 'max-map-count.io/inject': 'false' } } };
    expect(decideTemplates(eck({ podTemplate: optedOut }), settings, 'init-container')[0]?.decision.reason).toBe(
      'opted-out',
    );
  });

  it.each([[{ 'node.store.allow_mmap': false }], [{ node: { store: { allow_mmap: false } } }]])(
    'tells of memory mapping switched off where the webhook cannot see it: %j',
    (config) => {
      const [judgement] = decideTemplates(eck({ config }), settings, 'init-container');
      expect(judgement?.decision.reason).toBe('injected');
      expect(judgement?.notes).toEqual([expect.stringContaining('ECK keeps the configuration in a Secret')]);
    },
  );

  it('tells what an affinity costs', () => {
    expect(patched(eck({}), 'node-affinity').decisions[0]?.notes).toEqual([
      expect.stringContaining('ECK drops its own anti-affinity'),
    ]);
  });
});

describe('an OpenSearchCluster', () => {
  it.each<[string, boolean | undefined, string]>([
    ['opensearch.opster.io/v1', true, 'already-handled'],
    ['opensearch.opster.io/v1', undefined, 'injected'],
    ['opensearch.opster.io/v1', false, 'injected'],
    ['opensearch.org/v1', undefined, 'already-handled'],
    ['opensearch.org/v1', false, 'injected'],
  ])('of %s with setVMMaxMapCount %s: %s', (apiVersion, setVMMaxMapCount, reason) => {
    const object = openSearch(setVMMaxMapCount === undefined ? {} : { setVMMaxMapCount }, {}, apiVersion);
    const decisions = decideTemplates(object, settings, 'init-container');
    expect(decisions.map(({ template, decision }) => [template.part, decision.reason])).toEqual([
      ['bootstrap', reason],
      ['nodePools[0]', reason],
    ]);
  });

  it('gets the init container in opensearch.org/v1', () => {
    const given = openSearch({ setVMMaxMapCount: false }, { annotations: { a: 'b' } }, 'opensearch.org/v1');
    const { object, decisions } = patched(given);
    const name = { name: 'max-map-count' };
    const applied = { 'max-map-count.io/applied': 'init-container=262144' };
    expect(object).toMatchObject({
      spec: {
        bootstrap: { initContainers: [name], annotations: applied },
        nodePools: [{ initContainers: [name], annotations: { a: 'b', ...applied } }],
      },
    });
    expect(decisions.flatMap(({ notes }) => notes)).toEqual([]);
  });

  it('gets the switch of its operator in opensearch.opster.io/v1, whose resource has no initContainers', () => {
    const { patch, decisions } = patched(openSearch({ setVMMaxMapCount: false }, {}));
    expect(patch).toEqual([{ op: 'add', path: '/spec/general/setVMMaxMapCount', value: true }]);
    expect(decisions[1]?.notes).toEqual([expect.stringContaining('spec.general.setVMMaxMapCount: true stands for it')]);
  });

  it('gets no field that its bootstrap does not have in opensearch.opster.io/v1', () => {
    const { patch } = patched(openSearch({ setVMMaxMapCount: false }, {}), 'node-affinity');
    expect(patch.map(({ path }) => path)).toEqual([
      '/spec/bootstrap',
      '/spec/nodePools/0/affinity',
      '/spec/nodePools/0/annotations',
    ]);
    expect(patch[0]?.value).toEqual({ affinity: { nodeAffinity: expect.anything() } });
  });

  it('gets the affinity of a node pool completed', () => {
    const { object } = patched(
      openSearch({ setVMMaxMapCount: false }, { affinity: { podAntiAffinity: {} } }),
      'node-affinity',
    );
    expect(object).toMatchObject({
      spec: { nodePools: [{ affinity: { podAntiAffinity: {}, nodeAffinity: expect.anything() } }] },
    });
  });

  it('of opensearch.org/v1 hides its configuration in a ConfigMap: patched, with the way out', () => {
    const given = { setVMMaxMapCount: false, additionalConfig: { 'node.store.allow_mmap': 'false' } };
    const decisions = decideTemplates(openSearch(given, {}, 'opensearch.org/v1'), settings, 'init-container');
    expect(decisions.map(({ decision, notes }) => [decision.reason, notes])).toEqual([
      ['injected', [expect.stringContaining('give bootstrap the annotation max-map-count.io/inject: "false"')]],
      ['injected', [expect.stringContaining('give nodePools[0] the annotation max-map-count.io/inject: "false"')]],
    ]);
  });

  it('needs nothing when its configuration switches memory mapping off', () => {
    const object = openSearch({ setVMMaxMapCount: false, additionalConfig: { 'node.store.allow_mmap': 'false' } }, {});
    expect(decideTemplates(object, settings, 'init-container').map(({ decision }) => decision.reason)).toEqual([
      'not-required',
      'not-required',
    ]);
  });
});

it('previews custom resources, Lists and plain objects in every format alike', async () => {
  const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
  const list = { apiVersion: 'v1', kind: 'List', items: [eck({}), other, openSearch({ setVMMaxMapCount: false }, {})] };
  const file = join(folder, 'list.yaml');
  writeFileSync(file, stringify(list));
  const { stdout, stderr } = await cli(['preview', '-f', file, '-o', 'yaml']);
  expect(parse(stdout)).toEqual(JSON.parse((await cli(['preview', '-f', file, '-o', 'json'])).stdout));
  expect(stderr.trim().split('\n').at(-1)).toBe(
    '3 pod templates: 3 would be patched, 0 unchanged; 1 other object passed through',
  );
  const pods = (await cli(['preview', '-f', file, '-o', 'pod'])).stdout.split('---\n').map((text) => parse(text));
  expect(pods.map(({ metadata }) => metadata.generateName)).toEqual(['quickstart-', 'logs-', 'logs-']);
});

describe('a kind that nobody knows', () => {
  const template = { spec: { containers: [{ name: 'es', image: 'elasticsearch:8.15.0' }] } };
  const pathsOf = (object: JsonObject) => patched(object).patch.map(({ path }) => path);

  it.each([
    ['argoproj.io/v1alpha1', 'Rollout'],
    ['serving.knative.dev/v1', 'Service'],
    ['apps.kruise.io/v1alpha1', 'CloneSet'],
    ['apps.kruise.io/v1beta1', 'StatefulSet'],
    ['example.com/v7', 'Whatever'],
  ])('with a plain pod template is judged: %s %s', (apiVersion, kind) => {
    const object = { apiVersion, kind, metadata: { name: 'x' }, spec: { template } };
    expect(pathsOf(object)).toEqual(['/spec/template/spec/initContainers', '/spec/template/metadata']);
  });

  it('a LeaderWorkerSet makes leaders and workers', () => {
    const leaderWorkerTemplate = {
      leaderTemplate: template,
      workerTemplate: { spec: { containers: [{ name: 'w' }] } },
    };
    const spec = { leaderWorkerTemplate };
    const object = { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet', spec } as JsonObject;
    expect(patched(object).decisions.map(({ template: { part }, decision }) => [part, decision.reason])).toEqual([
      ['leaderTemplate', 'injected'],
      ['workerTemplate', 'not-matched'],
    ]);
  });

  it.each<[string, object]>([
    ['kafka.strimzi.io/v1 Kafka', { kafka: { replicas: 3 } }],
    ['cloud.crate.io/v1 CrateDB', { nodes: { data: [{ replicas: 3, resources: {} }] } }],
    ['doris.selectdb.com/v1 DorisCluster', { beSpec: { replicas: 3, image: 'apache/doris:be-3.0.4' } }],
    ['kibana.k8s.elastic.co/v1 Kibana', { version: '9.0.0', podTemplate: {} }],
  ])('without one is said to be seen: %s', async (type, spec) => {
    const [apiVersion, kind] = type.split(' ');
    const file = join(folder, `${kind}.yaml`);
    writeFileSync(file, stringify({ apiVersion, kind, metadata: { name: 'x' }, spec }));
    for (const command of ['preview', 'explain']) {
      const { stderr, code } = await cli([command, '-f', file]);
      expect(stderr).toContain(`${kind} x: not shown: its operator makes the pods`);
      expect(code).toBe(0);
    }
  });

  it.each([
    ['monitoring.coreos.com/v1 ServiceMonitor', { endpoints: [{ port: 'http' }] }],
    ['cert-manager.io/v1 Certificate', { secretName: 'x', dnsNames: ['x'] }],
    ['policy/v1 PodDisruptionBudget', { minAvailable: 1 }],
    ['bitnami.com/v1alpha1 SealedSecret', { template: { metadata: {} } }],
  ])('makes no pods and is passed over: %s', async (type, spec) => {
    const [apiVersion, kind] = type.split(' ');
    const file = join(folder, `${kind}.yaml`);
    writeFileSync(file, stringify({ apiVersion, kind, metadata: { name: 'x' }, spec }));
    const { stderr } = await cli(['preview', '-f', file]);
    expect(stderr).toBe('0 pod templates: 0 would be patched, 0 unchanged; 1 other object passed through\n');
  });
});

describe('OpenShift', () => {
  const template = { spec: { containers: [{ name: 'es', image: 'elasticsearch:7.9.0' }] } };
  const config = {
    apiVersion: 'apps.openshift.io/v1',
    kind: 'DeploymentConfig',
    metadata: { name: 'es' },
    spec: { template },
  };

  it('the pods of a Template’s objects are decided where they stand', async () => {
    const file = join(folder, 'template.yaml');
    const objects = [{ kind: 'Service', metadata: { name: 'es' } }, config];
    writeFileSync(file, stringify({ apiVersion: 'template.openshift.io/v1', kind: 'Template', objects }));
    const { stdout } = await cli(['preview', '-f', file, '-o', 'yaml']);
    const [service, patchedConfig] = parse(stdout).objects;
    expect(service).toEqual(objects[0]);
    expect(patchedConfig.spec.template.spec.initContainers).toEqual([
      expect.objectContaining({ name: 'max-map-count' }),
    ]);
    expect(patchedConfig.spec.template.spec.containers).toEqual(template.spec.containers);
  });
});
