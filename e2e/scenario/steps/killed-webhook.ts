import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { eventually } from '../../../tools/process/eventually.ts';
import { run } from '../../../tools/process/run.ts';
import { type Environment, KERNEL_DEFAULT } from '../environment.ts';
import { podOf } from '../pods.ts';

const SERVER = '^/nodejs/bin/node .*/app/server\\.js';
const REMEDY = 'kubectl -n default rollout restart deployment/elasticsearch';
const FAIL_OPEN = 'apiserver_admission_webhook_fail_open_count';

/** The worst moment, and how an operator finds out. */
export function killedWebhook(environment: Environment): void {
  const { step, sh } = environment;
  const text =
    'All webhook pods are killed, again and again while a pod is created. With `failurePolicy: Ignore` it is created, ' +
    'unpatched. `doctor` finds it, and its remedy works.';
  step('While the webhook is down', text, () => {
    it('pods are created all the same', async () => {
      await sh('kubectl delete --filename e2e/manifests/elasticsearch.yaml');
      await sh(`sysctl -w vm.max_map_count=${KERNEL_DEFAULT}`);
      await sh(`pkill --signal KILL --full '${SERVER}'`);
      await whileKilling(async () => {
        await sh('kubectl apply --filename e2e/manifests/elasticsearch.yaml');
        await eventually('waiting for the pod', () => podOf(environment, 'elasticsearch'), { seconds: 30 });
      });
      const { metadata, spec } = await podOf(environment, 'elasticsearch');
      expect(spec.initContainers).toBeUndefined();
      expect(metadata.annotations).toBeUndefined();
      expect(await sh(`kubectl get --raw /metrics | grep '^${FAIL_OPEN}'`)).toContain(
        'name="privileged.max-map-count.io"',
      );
    });

    it('doctor names the pod that was missed and crashes, and its remedy', async () => {
      await sh('kubectl rollout status deployment/max-map-count-webhook --namespace max-map-count --timeout=300s');
      await eventually('waiting for the crash', () => crashed(environment), { seconds: 180 });
      const report = await sh('kubectl max-map-count doctor --namespace default', { expectedCode: 1 });
      const { name } = (await podOf(environment, 'elasticsearch')).metadata;
      expect(report).toContain(`not patched when created (${name})`);
      expect(report).toContain(`container elasticsearch of pod ${name} on node-1 crashes: max virtual memory areas`);
      // Once for the missed pod, once for the crash.
      const remedies = [...report.matchAll(/do: (.*)/g)].map(([, remedy]) => remedy);
      expect(remedies).toEqual([REMEDY, REMEDY]);
    });

    it('the remedy works', async () => {
      await sh(REMEDY);
      await sh('kubectl rollout status deployment/elasticsearch --timeout=300s');
      await sh('kubectl max-map-count doctor --namespace default');
    });
  });
}

async function crashed(environment: Environment): Promise<void> {
  const { status } = (await podOf(environment, 'elasticsearch')) as unknown as {
    status: { containerStatuses?: { restartCount: number }[] };
  };
  if ((status.containerStatuses?.[0]?.restartCount ?? 0) === 0) throw new Error('it has not been restarted yet');
}

/** The kubelet starts a container that was killed again within a second, at first. */
async function whileKilling(work: () => Promise<void>): Promise<void> {
  let isOver = false;
  const kill = async () => {
    while (!isOver) {
      await run('pkill', ['--signal', 'KILL', '--full', SERVER]);
      await setTimeout(20);
    }
  };
  const killing = kill();
  try {
    await work();
  } finally {
    isOver = true;
    await killing;
  }
}
