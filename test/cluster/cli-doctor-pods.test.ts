// What `doctor` sees of pods, whose statuses are written as a kubelet would write them.
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/cli/doctor/check-result.ts';
import { builtInWorkloads } from '../../src/core/catalogue.ts';
import { outputOf } from '../../tools/process/run.ts';
import { installPlugin, pluginCaller } from '../support/cli-plugin.ts';
import { cluster } from '../support/cluster.ts';
import { startLogNode } from '../support/kubelet-logs.ts';

const { available, kubectl, apply, createNamespace, startWebhook } = cluster();

/** What users reported of each row, with the image that said it. */
const CRASHES = [
  {
    name: 'elastic',
    image: 'elasticsearch:8.17.0',
    exitCode: 78,
    line: 'bootstrap check failure [1] of [1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
  },
  {
    name: 'bitnami',
    image: 'bitnami/elasticsearch:7.0.1',
    exitCode: 1,
    line: 'Invalid kernel settings. Elasticsearch requires at least: vm.max_map_count = 262144',
  },
  {
    name: 'opensearch',
    image: 'opensearchproject/opensearch:2.19.0',
    exitCode: 1,
    line: '[1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
  },
  {
    name: 'wazuh-indexer',
    image: 'wazuh/wazuh-indexer:4.9.0',
    exitCode: 78,
    line: '[1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
  },
  {
    name: 'graylog-datanode',
    image: 'graylog/graylog-datanode:6.1',
    exitCode: 1,
    line: 'Preflight check failed with error: /proc/sys/vm/max_map_count value should be at least 262144 but is 65530 (set via "vm.max_map_count" sysctl)',
  },
  {
    name: 'sonarqube',
    image: 'sonarqube:10.7-community',
    exitCode: 1,
    line: '[1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
  },
  {
    name: 'cratedb',
    image: 'crate:5.9',
    exitCode: 78,
    line: '[1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144] by adding `vm.max_map_count = 262144` to `/etc/sysctl.conf`',
  },
  {
    name: 'doris-be',
    image: 'apache/doris:be-3.0.3',
    exitCode: 0,
    line: "Please set vm.max_map_count to be 2000000 under root using 'sysctl -w vm.max_map_count=2000000'.",
  },
] as const;

describe.skipIf(!available)('doctor, on the pods of a real API server', () => {
  const plugin = installPlugin();
  const maxMapCount = pluginCaller(kubectl, plugin);
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  afterAll(() => plugin.remove());

  async function doctor(namespace: string, ...more: string[]) {
    const { stdout, code } = await maxMapCount(['doctor', '-n', namespace, '-o', 'json', ...more]);
    const { findings }: { findings: CheckResult[] } = JSON.parse(stdout);
    return { findings, code, of: (id: CheckResult['id']) => findings.filter((finding) => finding.id === id) };
  }

  const pod = (namespace: string, name: string, spec: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { containers: [{ name: 'server', image: 'registry.example.com/server' }], ...spec },
  });
  const withStatus = async (namespace: string, name: string, status: object) => {
    const patch = JSON.stringify({ status });
    outputOf(await kubectl(['patch', 'pod', name, '-n', namespace, '--subresource=status', '-p', patch]));
  };
  const ended = (image: string, exitCode: number, message?: string) => ({
    ...{ name: 'server', image, imageID: '', ready: false, restartCount: 4 },
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode, ...(message && { message }) } },
  });

  it('knows the words of every row', () => {
    expect(CRASHES.map(({ name }) => name)).toEqual(
      expect.arrayContaining(builtInWorkloads.map(({ name }) => name).filter((name) => name !== 'elasticsearch')),
    );
  });

  it('finds the crash of every row with its cure, in the status', async () => {
    const namespace = await createNamespace();
    outputOf(
      await apply(
        ...CRASHES.map(({ name, image }) => pod(namespace, name, { containers: [{ name: 'server', image }] })),
      ),
    );
    for (const { name, image, exitCode, line } of CRASHES) {
      await withStatus(namespace, name, { containerStatuses: [ended(image, exitCode, `starting\n${line}\nbye\n`)] });
    }
    const { of, code } = await doctor(namespace);
    const found = of('crash-too-low');
    for (const { name, line } of CRASHES) {
      const told = found.filter(({ message }) => message.startsWith(`Pod ${namespace}/${name}: `));
      expect(told, name).toHaveLength(1);
      expect(line, name).toContain(told[0]?.message.split(' crashes: ')[1]);
      expect(told[0]?.remedy, name).toBe(
        `kubectl max-map-count fix ${name} -n ${namespace}   # now; for good install the webhook, then: kubectl -n ${namespace} get pod ${name} -o yaml > pod.yaml && kubectl replace --force -f pod.yaml`,
      );
    }
    expect([found.length, code]).toEqual([CRASHES.length, 1]);
  });

  it('finds it in the log, also of a container that ended with 0', async () => {
    const namespace = await createNamespace();
    const logs = Object.fromEntries(
      CRASHES.map(({ name, line }) => [`${namespace}/${name}/server`, `starting\n${line}\n`]),
    );
    const node = await startLogNode({ apply, kubectl }, `${namespace}-node`, logs);
    undo.push(() => node.stop());
    const nodeName = node.name;
    const pods = CRASHES.map(({ name, image }) =>
      pod(namespace, name, { nodeName, containers: [{ name: 'server', image }] }),
    );
    outputOf(await apply(...pods));
    for (const { name, image } of CRASHES) {
      await withStatus(namespace, name, { containerStatuses: [ended(image, 0)] });
    }
    const { of } = await doctor(namespace);
    expect(of('crash-logs-unread')).toEqual([]);
    const messages = of('crash-too-low').map(({ message }) => message);
    expect(messages).toHaveLength(CRASHES.length);
    for (const { name } of CRASHES) {
      const told = `Pod ${namespace}/${name}: container server of pod ${name} on ${nodeName} crashes: `;
      expect(messages).toContainEqual(expect.stringContaining(told));
    }
  });

  it('names the workload where the webhook does not recognise the pod', async () => {
    const namespace = await createNamespace();
    const labels = { app: 'search' };
    const template = {
      metadata: { labels },
      spec: { containers: [{ name: 'server', image: 'registry.example.com/search' }] },
    };
    const spec = { serviceName: 'search', selector: { matchLabels: labels }, template };
    const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'search', namespace }, spec };
    outputOf(await apply(set));
    await expect
      .poll(async () => (await kubectl(['get', 'pod', 'search-0', '-n', namespace])).code, { timeout: 20_000 })
      .toBe(0);
    const status = ended('registry.example.com/search', 78, CRASHES[0].line);
    await withStatus(namespace, 'search-0', { containerStatuses: [status] });
    const [found] = (await doctor(namespace)).of('crash-too-low');
    const command = found?.remedy ?? '';
    expect(command).toMatch(/^kubectl -n \S+ patch statefulset\/search --type merge -p '/);
    // The command does what it says.
    const [, patch = ''] = /-p '([^']*)'/.exec(command) ?? [];
    outputOf(await kubectl(['patch', 'statefulset/search', '-n', namespace, '--type', 'merge', '-p', patch]));
    const annotation = 'jsonpath={.spec.template.metadata.annotations}';
    expect(outputOf(await kubectl(['get', 'statefulset/search', '-n', namespace, '-o', annotation]))).toContain(
      'max-map-count.io/workload',
    );
  });

  it('finds our init container refused, and without its image', async () => {
    const webhook = await startWebhook();
    undo.push(() => webhook.stop());
    const namespace = await createNamespace();
    const es = { containers: [{ name: 'server', image: 'elasticsearch:8.17.0' }] };
    outputOf(await apply(pod(namespace, 'refused', es), pod(namespace, 'waiting', es)));
    const ours = (state: object, lastState: object = {}) => ({
      initContainerStatuses: [
        {
          name: 'max-map-count',
          image: 'busybox:1.37.0',
          imageID: '',
          ready: false,
          restartCount: 0,
          state,
          lastState,
        },
      ],
    });
    const line = 'max-map-count: vm.max_map_count is still 65530, 262144 is needed: the node refused the write';
    const terminated = { exitCode: 1, message: `${line}\n` };
    await withStatus(namespace, 'refused', ours({ waiting: { reason: 'CrashLoopBackOff' } }, { terminated }));
    const message = 'Back-off pulling image "busybox:1.37.0"';
    await withStatus(namespace, 'waiting', ours({ waiting: { reason: 'ImagePullBackOff', message } }));
    const { of } = await doctor(namespace);
    expect(of('crash-write-refused')).toMatchObject([
      { message: expect.stringContaining(line), remedy: expect.stringContaining('raise vm.max_map_count on node') },
    ]);
    expect(of('image-of-ours')).toMatchObject([
      { message: expect.stringContaining(message), remedy: expect.stringContaining('config.initContainer.image') },
    ]);
    expect(of('pods-missed')).toEqual([]);
  });

  it('finds an author’s own init container whose image was withdrawn', async () => {
    const namespace = await createNamespace();
    const image = 'docker.io/bitnami/os-shell:11-debian-11-r90';
    const sysctl = {
      ...{ name: 'sysctl', image, command: ['sysctl', '-w', 'vm.max_map_count=262144'] },
      securityContext: { privileged: true, runAsUser: 0 },
    };
    const es = { initContainers: [sysctl], containers: [{ name: 'server', image: 'elasticsearch:8.17.0' }] };
    outputOf(await apply(pod(namespace, 'old', es)));
    const state = { waiting: { reason: 'ErrImagePull', message: `${image}: not found` } };
    await withStatus(namespace, 'old', {
      initContainerStatuses: [
        { name: 'sysctl', image, imageID: '', ready: false, restartCount: 0, state, lastState: {} },
      ],
    });
    const { of } = await doctor(namespace);
    expect(of('image-of-authors')).toMatchObject([
      {
        message: expect.stringContaining(image),
        remedy: expect.stringContaining('remove sysctl from the pod template'),
      },
    ]);
    expect(of('pods-missed')).toEqual([]);
  });

  it('finds pods that wait for a prepared node', async () => {
    const namespace = await createNamespace();
    const webhook = await startWebhook({
      set: ['podSecurity.restrictedNamespaces=node-affinity', 'podSecurity.clusterDefault=baseline'],
    });
    undo.push(() => webhook.stop());
    outputOf(await apply(pod(namespace, 'es', { containers: [{ name: 'server', image: 'elasticsearch:8.17.0' }] })));
    const message = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.";
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
    await withStatus(namespace, 'es', { phase: 'Pending', conditions: [condition] });
    const { of } = await doctor(namespace);
    expect(of('pending-unprepared')).toMatchObject([
      {
        message: expect.stringMatching(
          /may only run on nodes labelled max-map-count\.io\/value of at least 262144, and there is none; the scheduler: 0\/3/,
        ),
        remedy: expect.stringContaining('preparedNodes.enabled=true'),
      },
    ]);
  });
});
