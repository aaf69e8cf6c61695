// ECK's quickstart beside the chart's release. Started by `npm run peers -- --eck`. No Elasticsearch runs.
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { get as at, isObject, type JsonObject, objects } from '../../src/core/json.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import type { Supervised } from '../../tools/process/supervisor.ts';
import { versionOf } from '../../tools/programs/versions.ts';
import { apiClient } from '../support/api-client.ts';
import { appliedTo, initContainersOf } from '../support/webhook-view.ts';
import { startEnvironment } from './environment.ts';
import { startKubelets } from './kubelets.ts';
import { startWebhookPod } from './webhook-pod.ts';

const NAMESPACE = 'max-map-count';
const FULLNAME = 'max-map-count-webhook';
const QUICKSTART = 'test/peers/eck-quickstart.yaml';
const WATCHED_SECONDS = 180;
const LEVEL = 'pod-security.kubernetes.io/enforce';
/** The namespaces that the quickstart is applied in, by the strategy that its pods get there. */
const NAMESPACES = { 'init-container': {}, 'node-affinity': { [LEVEL]: 'baseline' } } as const;
type Strategy = keyof typeof NAMESPACES;
const STRATEGIES = Object.keys(NAMESPACES) as Strategy[];

const environment = await startEnvironment({ scheduler: true });
const { shell, step, get, note, plane } = environment;
let webhook: Supervised;
afterAll(async () => {
  await environment.publish({ ECK: versionOf('eck').slice(1) });
  await plane.stop();
});

beforeAll(async () => {
  const { binaries, definitions } = environment.provisions;
  const create = async (object: object) =>
    outputOf(await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) }));
  outputOf(await plane.kubectl(['create', '--filename', definitions.eck ?? '']));
  for (const [name, labels] of Object.entries({ ...NAMESPACES, 'elastic-system': {} })) {
    await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  }
  for (const name of STRATEGIES) await create(volume(name));
  await startKubelets(apiClient(plane.kubeconfig), { prepared: { 'max-map-count.io/value': '262144' }, plain: {} });
  const operator = ['--operator-namespace=elastic-system', '--disable-telemetry', '--disable-config-watch'];
  const alone = ['--enable-leader-election=false', '--metrics-port=0'];
  const withoutWebhook = ['--enable-webhook=false', '--manage-webhook-certs=false'];
  const args = ['manager', ...operator, ...alone, ...withoutWebhook];
  await plane.supervisor.start('eck', binaries.eck ?? '', args, { KUBECONFIG: plane.kubeconfig });
});

step(
  'The quickstart, unchanged',
  'Namespace `node-affinity` enforces the Pod Security level `baseline`, so that its pods are sent to prepared nodes. A ' +
    'stand-in for the kubelets makes the pods ready: no Elasticsearch runs.',
  () => {
    it('gets what preview says, with both strategies', async () => {
      const values = '--set tls.mode=helm --set podSecurity.restrictedNamespaces=node-affinity';
      const chart = `charts/max-map-count-webhook --namespace ${NAMESPACE} --create-namespace`;
      await shell(`helm install ${FULLNAME} ${chart} ${values} >/dev/null`);
      webhook = await startWebhookPod(environment, {
        namespace: NAMESPACE,
        fullname: FULLNAME,
        secret: `${FULLNAME}-helm-tls`,
      });
      for (const strategy of STRATEGIES) await shell(`kubectl apply --namespace ${strategy} --filename ${QUICKSTART}`);
      for (const strategy of STRATEGIES) {
        const pod = await eventually(`waiting for the pod in ${strategy}`, () => runningPod(strategy), {
          seconds: 120,
        });
        expect(appliedTo(pod)).toBe(`${strategy}=262144`);
        // Defaults of the API server come on top.
        expect(ours(pod)).toMatchObject(ours(await predictedPod(strategy)));
      }
      await shell(
        "kubectl get pods --all-namespaces --selector common.k8s.elastic.co/type=elasticsearch --output custom-columns='NAMESPACE:.metadata.namespace,NODE:.spec.nodeName,INIT:.spec.initContainers[*].name'",
      );
    });

    it('keeps ECK’s own anti-affinity, and runs on the prepared node', async () => {
      const pod = await runningPod('node-affinity');
      expect(at(pod.spec, 'nodeName')).toBe('prepared');
      expect(at(at(pod.spec, 'affinity'), 'podAntiAffinity')).toBeDefined();
    });

    it('is patched when ECK asks with a dry run, too', async () => {
      const log = await readFile(webhook.log, 'utf8');
      const dummies = log.split('\n').filter((line) => line.includes('-dummy-') && line.includes('"dryRun":true'));
      expect(dummies.length).toBeGreaterThan(0);
    });
  },
);

step('No fight', `ECK leaves patched pods and their StatefulSets alone for ${WATCHED_SECONDS} seconds.`, () => {
  it('changes no StatefulSet and makes no new pod', async () => {
    const before = await states();
    for (const end = Date.now() + WATCHED_SECONDS * 1000; Date.now() < end; await setTimeout(3000)) {
      expect(await states()).toEqual(before);
    }
    expect(before.map(({ generation }) => generation)).toEqual([1, 1]);
    note(
      '# the pods and generations of the StatefulSets all that time',
      before.map((one) => Object.values(one).join(' ')).join('\n'),
    );
  });
});

/** A volume for the claim of one namespace: nobody provisions any here. */
function volume(namespace: string): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: namespace },
    spec: {
      ...{ capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/nowhere' } },
      claimRef: { namespace, name: 'elasticsearch-data-quickstart-es-default-0' },
    },
  };
}

async function runningPod(namespace: string): Promise<JsonObject> {
  const pod = await get<JsonObject>('pod', 'quickstart-es-default-0', '--namespace', namespace);
  if (at(pod.status, 'phase') !== 'Running') throw new Error(`it is ${at(pod.status, 'phase')}`);
  return pod;
}

/** The pod template that the plugin predicts, as far as it can know it. */
async function predictedPod(strategy: Strategy): Promise<JsonObject> {
  const options = `--filename ${QUICKSTART} --strategy ${strategy} --output json`;
  const resource: unknown = JSON.parse(await shell(`kubectl max-map-count preview ${options} 2>/dev/null`));
  const [nodeSet] = objects(at(resource, 'spec'), 'nodeSets');
  const template = at(nodeSet, 'podTemplate');
  if (!isObject(template)) throw new Error('preview shows no pod template');
  return template;
}

/** What is ours in a pod. */
function ours(pod: JsonObject): { container: unknown; affinity: unknown } {
  const [first] = objects(pod.spec, 'initContainers');
  const container = initContainersOf(pod)[0] === 'max-map-count' ? first : {};
  return { container, affinity: at(at(pod.spec, 'affinity'), 'nodeAffinity') ?? {} };
}

async function states(): Promise<{ namespace: string; generation: unknown; pod: unknown }[]> {
  return Promise.all(
    STRATEGIES.map(async (namespace) => {
      const set = await get<JsonObject>('statefulset', 'quickstart-es-default', '--namespace', namespace);
      const pod = await runningPod(namespace);
      return { namespace, generation: at(set.metadata, 'generation'), pod: at(pod.metadata, 'uid') };
    }),
  );
}
