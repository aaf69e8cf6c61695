import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { raiseScript } from '../../src/core/init-container.ts';
import { get as field, type JsonObject, objects, text } from '../../src/core/json.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { installPlugin, pluginCaller, SCRIPT } from '../support/cli-plugin.ts';
import { cluster } from '../support/cluster.ts';
import { createNode, kubeconfigWith, tokenOf } from '../support/prepared-nodes.ts';

const here = cluster();
const { available, kubectl, apply, createNamespace, get, startWebhook } = here;
const LINE = 'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]';
const RAISING = ['--namespace', 'kube-system', '--selector', 'app.kubernetes.io/name=max-map-count-fix'];
const APPLIED = 'max-map-count.io/applied';

describe.skipIf(!available)('kubectl max-map-count fix, on a real API server', () => {
  const plugin = installPlugin();
  const maxMapCount = pluginCaller(kubectl, plugin);
  afterAll(() => plugin.remove());

  /** A Deployment whose only pod is on a node and, unless told otherwise, crashes: its status is written as a kubelet does. */
  async function crashing(node: string, labels = {}): Promise<{ namespace: string; pod: JsonObject }> {
    const namespace = await createNamespace(labels);
    outputOf(await apply(deployment(namespace, node)));
    const pod = await newPod(namespace, []);
    const name = nameOf(pod);
    const container = {
      ...{ name: 'es', image: 'elasticsearch:8.15.0', imageID: '', ready: false, restartCount: 4 },
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 78, message: `ERROR: [1] bootstrap checks failed\n${LINE}\n` } },
    };
    await setStatus(namespace, name, { phase: 'Running', containerStatuses: [container] });
    return { namespace, pod };
  }

  async function setStatus(namespace: string, name: string, status: object): Promise<void> {
    const patch = JSON.stringify({ status });
    outputOf(await kubectl(['patch', 'pod', name, '-n', namespace, '--subresource=status', '-p', patch]));
  }

  async function podsIn(args: readonly string[]): Promise<JsonObject[]> {
    return objects(await get('pods', ...args), 'items');
  }

  /** The pod that is neither about to go nor one of these. */
  function newPod(namespace: string, old: readonly JsonObject[]): Promise<JsonObject> {
    const look = async () => {
      const names = old.map(nameOf);
      const pods = await podsIn(['--namespace', namespace]);
      const found = pods.find(
        (pod) => !names.includes(nameOf(pod)) && field(meta(pod), 'deletionTimestamp') === undefined,
      );
      if (found === undefined) throw new Error('there is none');
      return found;
    };
    return eventually('waiting for a new pod', look, { seconds: 30 });
  }

  async function raisingOn(node: string): Promise<JsonObject> {
    const pod = (await podsIn(RAISING)).find((candidate) => text(field(candidate, 'spec'), 'nodeName') === node);
    if (pod === undefined) throw new Error('there is none');
    return pod;
  }

  /** Plays the kubelet of a node for the pod that raises its value; the answer is that pod. */
  async function kubelet(node: string, phase: 'Succeeded' | 'Failed' = 'Succeeded'): Promise<JsonObject> {
    const pod = await eventually('waiting for the raising pod', () => raisingOn(node), { seconds: 60 });
    await setStatus('kube-system', nameOf(pod), { phase });
    return pod;
  }

  it('without a webhook raises the value of the very node, removes its pod, and deletes the crashing one', async () => {
    const node = await createNode(here);
    const { namespace, pod } = await crashing(node);
    const played = kubelet(node);
    const { stdout, stderr, code } = await maxMapCount(['fix', 'deployment/es', '-n', namespace, '--yes']);
    const raising = field(await played, 'spec');
    expect(objects(raising, 'containers')).toMatchObject([
      { command: ['/bin/sh', '-c', raiseScript(262_144)], securityContext: { privileged: true } },
    ]);
    expect(objects(raising, 'volumes')).toEqual([]);
    expect([stderr.split('\n')[0], code]).toEqual([
      expect.stringMatching(/^context \S+, server https:\/\/127\.0\.0\.1:\d+$/),
      0,
    ]);
    expect(stderr).toContain(`  node ${node}: to at least 262144\n`);
    expect(stdout).toMatch(new RegExp(`^node ${node}: .*\npod ${namespace}/${nameOf(pod)} deleted\n$`));
    await newPod(namespace, [pod]);
    await expect(raisingOn(node)).rejects.toThrow('there is none');
  });

  it('a node that refuses the write costs no pod', async () => {
    const node = await createNode(here);
    const { namespace, pod } = await crashing(node);
    const played = kubelet(node, 'Failed');
    const { stderr, code } = await maxMapCount(['fix', nameOf(pod), '-n', namespace, '--yes']);
    await played;
    expect(stderr).toContain(`error: node ${node}: `);
    expect(code).toBe(2);
    expect((await podsIn(['--namespace', namespace])).map(uidOf)).toEqual([uidOf(pod)]);
    await expect(raisingOn(node)).rejects.toThrow('there is none');
  });

  it('Ctrl-C removes the raising pod, and touches no other', async () => {
    const node = await createNode(here);
    const { namespace, pod } = await crashing(node);
    const args = [SCRIPT, 'fix', nameOf(pod), '-n', namespace, '--yes'];
    const running = spawn(process.execPath, args, { env: { ...process.env, KUBECONFIG: here.kubeconfig } });
    const ended = once(running, 'exit');
    await eventually('waiting for the raising pod', () => raisingOn(node), { seconds: 60 });
    running.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    await expect(raisingOn(node)).rejects.toThrow('there is none');
    expect((await podsIn(['--namespace', namespace])).map(uidOf)).toEqual([uidOf(pod)]);
  });

  it('with the webhook has the pod made anew through it, and touches no node', async () => {
    const node = await createNode(here);
    const { namespace, pod } = await crashing(node);
    const webhook = await startWebhook();
    try {
      const { stdout, code } = await maxMapCount(['fix', '-n', namespace, '--yes']);
      expect([stdout, code]).toEqual([`pod ${namespace}/${nameOf(pod)} deleted\n`, 0]);
      const next = await newPod(namespace, [pod]);
      expect(field(field(meta(next), 'annotations'), APPLIED)).toBe('init-container=262144');
    } finally {
      await webhook.stop();
    }
  });

  it('with the webhook restarts what was missed and runs', async () => {
    const namespace = await createNamespace();
    outputOf(await apply(deployment(namespace, await createNode(here))));
    const pod = await newPod(namespace, []);
    const webhook = await startWebhook();
    try {
      const { stdout, code } = await maxMapCount(['fix', '-n', namespace, '--yes']);
      expect([stdout, code]).toEqual([`Deployment ${namespace}/es restarted\n`, 0]);
      const next = await newPod(namespace, [pod]);
      expect(field(field(meta(next), 'annotations'), APPLIED)).toBe('init-container=262144');
    } finally {
      await webhook.stop();
    }
  });

  it('--dry-run, and nobody to ask, change nothing', async () => {
    const node = await createNode(here);
    const { namespace, pod } = await crashing(node);
    const versions = async () =>
      (await podsIn(['--namespace', namespace])).map((each) => field(meta(each), 'resourceVersion'));
    const before = await versions();
    const dry = await maxMapCount(['fix', '-n', namespace, '--dry-run']);
    expect([dry.stdout, dry.code]).toEqual([
      `node ${node} raised to at least 262144 (server dry run)\npod ${namespace}/${nameOf(pod)} deleted (server dry run)\n`,
      0,
    ]);
    const silent = await maxMapCount(['fix', '-n', namespace]);
    expect([silent.stdout, silent.code]).toEqual(['', 2]);
    expect(silent.stderr).toMatch(/^context .*[\s\S]*error: nothing was changed: standard input is no terminal/);
    await setTimeout(500);
    expect([await versions(), await podsIn(RAISING)]).toEqual([before, []]);
  });

  it('says in one sentence that rights are missing, that Pod Security refuses, that a node is not ready', async () => {
    const node = await createNode(here);
    const { namespace, pod } = await crashing(node);
    const name = nameOf(pod);
    const rights = ['--verb=get,list,create,delete', '--resource=pods,pods/log'];
    outputOf(await kubectl(['create', 'role', 'fixer', '-n', namespace, ...rights]));
    const subject = `--serviceaccount=${namespace}:default`;
    outputOf(await kubectl(['create', 'rolebinding', 'fixer', '-n', namespace, '--role=fixer', subject]));
    const token = await tokenOf(here, { namespace, name: 'default' });
    const env = { KUBECONFIG: kubeconfigWith(here, token) };
    const weak = await maxMapCount(['fix', name, '-n', namespace, '--yes'], { env });
    expect(weak.stderr).toContain(
      `error: node ${node}: you may not raise the value by a pod in namespace kube-system: `,
    );
    expect([weak.stdout, weak.code]).toEqual(['', 2]);

    const level = 'pod-security.kubernetes.io/enforce';
    outputOf(await kubectl(['label', 'namespace', 'kube-system', `${level}=baseline`]));
    try {
      const strict = await maxMapCount(['fix', name, '-n', namespace, '--yes']);
      expect(strict.stderr).toContain(`error: node ${node}: Pod Security does not allow the privileged pod`);
      expect([strict.stdout, strict.code]).toEqual(['', 2]);
    } finally {
      outputOf(await kubectl(['label', 'namespace', 'kube-system', `${level}-`]));
    }

    const conditions = [{ type: 'Ready', status: 'Unknown', message: 'Kubelet stopped posting node status.' }];
    const patch = JSON.stringify({ status: { conditions } });
    outputOf(await kubectl(['patch', 'node', node, '--subresource=status', '-p', patch]));
    const gone = await maxMapCount(['fix', name, '-n', namespace, '--yes']);
    expect(gone.stderr).toContain(`node ${node} is not ready, so nothing can be done there: Kubelet stopped`);
    expect([gone.stdout, gone.code]).toEqual(['', 2]);
    expect((await podsIn(['--namespace', namespace])).map(uidOf)).toEqual([uidOf(pod)]);
  });
});

function meta(pod: JsonObject): unknown {
  return field(pod, 'metadata');
}

function nameOf(pod: JsonObject): string {
  return text(meta(pod), 'name') ?? '';
}

function uidOf(pod: JsonObject): string {
  return text(meta(pod), 'uid') ?? '';
}

// On its node from the start: no scheduler and no taint comes in between.
function deployment(namespace: string, nodeName: string): object {
  const labels = { app: 'es' };
  const spec = { nodeName, containers: [{ name: 'es', image: 'elasticsearch:8.15.0' }] };
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
    metadata: { name: 'es', namespace, labels },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}
