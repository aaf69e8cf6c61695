// The chart's release beside the real cert-manager: its controllers and its CA injector. Started by `npm run peers`.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../../e2e/root.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import type { Supervised } from '../../tools/process/supervisor.ts';
import { versionOf } from '../../tools/programs/versions.ts';
import { type ApiAnswer, apiClient, refusalOf } from '../support/api-client.ts';
import { CHART, type WebhookConfiguration } from '../support/chart.ts';
import { createSteadily, type SteadyCreates } from '../support/steady-creates.ts';
import { appliedTo } from '../support/webhook-view.ts';
import { startEnvironment } from './environment.ts';
import { startWebhookPod } from './webhook-pod.ts';

// What takes a second or two on an idle machine.
const SECONDS = 180;
const NAMESPACE = 'max-map-count';
const FULLNAME = 'max-map-count-webhook';
const RELEASE = `max-map-count-webhook charts/max-map-count-webhook --namespace ${NAMESPACE}`;
// On a busy machine an answer takes its time, which is not what is tried here.
const FAIL = '--set webhook.failurePolicy=Fail --set webhook.timeoutSeconds=30';
const LEVEL = 'pod-security.kubernetes.io/enforce';
/** Values that differ in what they do to the webhook configurations. */
const SETS: Readonly<Record<string, string>> = {
  defaults: '',
  'prepared nodes': '--set preparedNodes.enabled=true',
  'restricted namespaces': '--set podSecurity.restrictedNamespaces=node-affinity',
  'affinity everywhere':
    '--set podSecurity.privilegedNamespaces=node-affinity --set podSecurity.restrictedNamespaces=node-affinity',
  'cluster default': '--set podSecurity.clusterDefault=restricted',
  warnings: '--set webhook.warnOnWorkloads=true',
};

const environment = await startEnvironment({ scheduler: false });
const { shell, step, get, note, plane } = environment;
const client = apiClient(plane.kubeconfig);
let certManager: Supervised;
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(await state());
});
afterAll(async () => {
  await environment.publish({ 'cert-manager': versionOf('cert-manager').slice(1) });
  await plane.stop();
});

beforeAll(async () => {
  const { binaries, definitions } = environment.provisions;
  const crds = ['--server-side', '--filename', definitions['cert-manager'] ?? ''];
  outputOf(await plane.kubectl(['apply', ...crds]));
  outputOf(
    await plane.kubectl(['wait', '--for=condition=Established', '--filename', definitions['cert-manager'] ?? '']),
  );
  for (const level of ['privileged', 'restricted']) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: level, labels: { [LEVEL]: level } } };
    outputOf(await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(namespace) }));
  }
  certManager = await plane.supervisor.start('cert-manager', binaries['cert-manager'] ?? '', [
    '--cm-kubeconfig',
    plane.kubeconfig,
  ]);
});

step(
  'Installed',
  'cert-manager issues the certificate and fills in the CA; the API server calls the Service that the chart names. With ' +
    '`failurePolicy: Fail` a pod that is not judged is refused.',
  () => {
    it('patches a pod', async () => {
      await shell(`helm install ${RELEASE} --create-namespace ${FAIL} >/dev/null`);
      const installed = Date.now();
      await eventually('waiting for the caBundle', async () => expect(await bundles()).not.toContain(''), {
        seconds: 60,
      });
      note('# from there to a CA in every entry', `${((Date.now() - installed) / 1000).toFixed(1)} s`);
      await startWebhookPod(environment, { namespace: NAMESPACE, fullname: FULLNAME });
      const dryRun = 'kubectl run es --namespace privileged --image elasticsearch:8.19.0 --dry-run=server';
      await eventually('waiting for a patched pod', () => createOne('privileged').then(expectPatched), {
        seconds: SECONDS,
      });
      expect(await shell(`${dryRun} --output jsonpath='{.spec.initContainers[*].name}{"\\n"}'`)).toContain(
        FULLNAME.slice(0, 13),
      );
      await shell(
        'kubectl get mutatingwebhookconfiguration zz-max-map-count-webhook --output jsonpath=\'{range .webhooks[*]}{.name}{" "}{.clientConfig.service.namespace}/{.clientConfig.service.name}:{.clientConfig.service.port}{"\\n"}{end}\'',
      );
    });
  },
);

step(
  'Renewed',
  'Pods are created all the time, as a dry run, while certificates are renewed and Secrets are deleted.',
  () => {
    it('loses no create while leaf and CA are renewed and Secrets are deleted', async () => {
      const creates = createBoth();
      const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
        ['leaf', () => renew(FULLNAME)],
        ['leaf', () => renew(FULLNAME)],
        ['ca', () => renew(`${FULLNAME}-ca`)],
        ['leaf', () => renew(FULLNAME)],
        ['leaf', () => shell(`kubectl delete secret ${FULLNAME}-tls --namespace ${NAMESPACE}`)],
        ['ca', () => shell(`kubectl delete secret ${FULLNAME}-ca --namespace ${NAMESPACE}`)],
        ['leaf', () => renew(FULLNAME)],
      ];
      for (const [which, change] of changes) {
        const name = which === 'ca' ? `${FULLNAME}-ca` : FULLNAME;
        const before = await certificateIn(which === 'ca' ? `${FULLNAME}-ca` : `${FULLNAME}-tls`);
        await change();
        const renewed = async () => {
          const now = await certificateIn(which === 'ca' ? `${FULLNAME}-ca` : `${FULLNAME}-tls`);
          if (now === undefined || now === before) throw new Error('the Secret has the certificate of before');
        };
        await eventually(`waiting until ${name} is renewed`, renewed, { seconds: SECONDS });
        // The server looks at its files every ten seconds.
        await setTimeout(12_000);
      }
      await expectAllPatched(creates);
    });
  },
);

step(
  'Upgraded',
  `Every pair of ${Object.keys(SETS).length} sets of values that change the webhook configurations, there and back, with both ways to apply.`,
  () => {
    it.each([
      ['true', Object.keys(SETS)],
      // The other way round: what was a rollback becomes an upgrade.
      ['false', Object.keys(SETS).reverse()],
    ])('loses no create, and no upgrade or rollback fails (--server-side=%s)', async (side, names) => {
      const creates = createBoth();
      const upgrade = (set: string | undefined) =>
        quietly(`helm upgrade ${RELEASE} ${FAIL} --server-side=${side} ${set}`);
      let count = 0;
      for (const [index, from] of names.entries()) {
        await upgrade(SETS[from]);
        const revision = await lastRevision();
        for (const to of names.slice(index + 1)) {
          await upgrade(SETS[to]);
          await expectTwoEntries();
          await quietly(`helm rollback ${FULLNAME} ${revision} --namespace ${NAMESPACE} --server-side=${side}`);
          await expectTwoEntries();
          count += 2;
        }
      }
      note(
        `# helm upgrade and helm rollback between every two, --server-side=${side}`,
        `${count} changes, none failed`,
      );
      await expectAllPatched(creates);
    });
  },
);

step(
  'From the former names',
  'Entries used to be named after their strategy. `$FORMER` is a copy of the chart that does so. What the CA injector owns ' +
    'of an entry stays behind, and the upgrade fails; without server-side apply it goes through, once.',
  () => {
    const FORMER = 'zz-former-max-map-count-webhook';
    const former = `former charts/max-map-count-webhook --namespace former`;
    it('needs --server-side=false once', async () => {
      environment.env.FORMER = await formerChart();
      await shell('helm install former $FORMER --namespace former --create-namespace >/dev/null');
      const injected = async () => expect(await bundles(FORMER)).not.toContain('');
      await eventually('waiting for the caBundle', injected, { seconds: SECONDS });
      await shell(`kubectl get mutatingwebhookconfiguration ${FORMER} --output jsonpath='{.webhooks[*].name}{"\\n"}'`);
      const refused = await shell(`helm upgrade ${former} >/dev/null`, { expectedCode: 1 });
      expect(refused).toContain('exactly one of url or service is required');
      await shell('helm list --namespace former --short --failed');
      await shell(`helm upgrade ${former} --server-side=false >/dev/null`);
      await eventually('waiting for the caBundle', injected, { seconds: SECONDS });
      await shell(`helm upgrade ${former} --server-side=true --set preparedNodes.enabled=true >/dev/null`);
      await shell(`kubectl get mutatingwebhookconfiguration ${FORMER} --output jsonpath='{.webhooks[*].name}{"\\n"}'`);
      expect(await entryNames(FORMER)).toEqual(await entryNames());
    });

    it('leaves cert-manager with --force-conflicts, and comes back without', async () => {
      const refused = await shell(`helm upgrade ${former} --set tls.mode=helm >/dev/null`, { expectedCode: 1 });
      expect(refused).toContain('conflicts with "cert-manager-cainjector"');
      await shell(`helm upgrade ${former} --set tls.mode=helm --force-conflicts >/dev/null`);
      await shell(`helm upgrade ${former} --set tls.mode=certManager >/dev/null`);
      const back = async () => expect(await bundles(FORMER)).not.toContain('');
      await eventually('waiting for the caBundle', back, { seconds: SECONDS });
    });
  },
);

step('Removed', 'cert-manager keeps the Secrets that it has issued; the notes of the chart name them.', () => {
  it('leaves the two Secrets that the notes name', async () => {
    const notes = outputOf(await plane.kubectl(['get', 'secrets', '--namespace', 'former', '--output=name']));
    expect(notes).toContain('former-max-map-count-webhook-tls');
    await shell('helm uninstall former --namespace former');
    await shell('kubectl get secrets --namespace former --output name');
    await shell(
      'kubectl delete secret --namespace former former-max-map-count-webhook-ca former-max-map-count-webhook-tls',
    );
    expect(await shell('kubectl get secrets --namespace former --output name')).toBe('');
    await shell(`helm uninstall ${FULLNAME} --namespace ${NAMESPACE}`);
  });
});

/** The CA bundle of every entry, empty where there is none. */
async function bundles(configuration = `zz-${FULLNAME}`): Promise<string[]> {
  const { webhooks } = await get<WebhookConfiguration>('mutatingwebhookconfiguration', configuration);
  return webhooks.map(({ clientConfig }) => clientConfig.caBundle ?? '');
}

async function expectTwoEntries(): Promise<void> {
  expect(await entryNames()).toEqual(['privileged.max-map-count.io', 'restricted.max-map-count.io']);
  expect(await bundles()).not.toContain('');
}

async function entryNames(configuration = `zz-${FULLNAME}`): Promise<string[]> {
  const { webhooks } = await get<WebhookConfiguration>('mutatingwebhookconfiguration', configuration);
  return webhooks.map(({ name }) => name);
}

/** Asks for a pod of a namespace, as a dry run. */
function createOne(namespace: string): Promise<ApiAnswer> {
  const securityContext = {
    ...{ allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const spec = { containers: [{ name: 'es', image: 'elasticsearch:8.19.0', securityContext }] };
  return client.createPod(namespace, { metadata: { generateName: 'es-' }, spec }, { dryRun: true });
}

function expectPatched(answer: ApiAnswer): void {
  expect(`${answer.status} ${refusalOf(answer)} ${appliedTo(answer.body)}`).toBe('201  init-container=262144');
}

/** Creates in namespaces of both kinds, in turn, without end. */
function createBoth(): SteadyCreates {
  let turn = 0;
  return createSteadily(
    () => {
      turn += 1;
      return createOne(turn % 2 === 0 ? 'privileged' : 'restricted');
    },
    (answer) => {
      if (answer.status !== 201) return `refused: ${answer.status} ${refusalOf(answer)}`;
      const { namespace } = answer.body.metadata as { namespace: string };
      const isPatched = appliedTo(answer.body) !== undefined;
      // What pods of a restricted namespace get depends on the values.
      return namespace === 'restricted' ? 'answered in a restricted namespace' : isPatched ? 'patched' : 'unpatched';
    },
  );
}

async function expectAllPatched(creates: SteadyCreates): Promise<void> {
  const outcomes = await creates.stop();
  const lines = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  note('# meanwhile, of all creates', lines.join('\n'));
  expect(Object.keys(outcomes).sort()).toEqual(['answered in a restricted namespace', 'patched']);
}

/** For whoever has to find out what went wrong: nothing of it is left afterwards. */
async function state(): Promise<string> {
  const kinds = 'certificates,certificaterequests,secrets';
  const objects = await plane.kubectl(['get', kinds, '--all-namespaces', '--output', 'wide']);
  const log = await readFile(certManager.log, 'utf8');
  return `\n${objects.stdout}\n${log.split('\n').slice(-60).join('\n')}\n`;
}

/** What `cmctl renew` does. */
async function renew(certificate: string): Promise<void> {
  const [name, namespace] = [`certificate/${certificate}`, ['--namespace', NAMESPACE]];
  const { status } = await get<{ status: { conditions: readonly { type: string }[] } }>(name, ...namespace);
  const issuing = { type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: 'renewed by hand' };
  const conditions = [
    ...status.conditions,
    { ...issuing, lastTransitionTime: new Date().toISOString().replace(/\.\d+/, '') },
  ];
  const patch = ['--subresource=status', '--type=merge', '--patch', JSON.stringify({ status: { conditions } })];
  outputOf(await plane.kubectl(['patch', name, ...namespace, ...patch]));
  note(`# what cmctl renew ${certificate} does`, '');
}

async function certificateIn(secret: string): Promise<string | undefined> {
  const found = get<{ data?: Record<string, string> }>('secret', secret, '--namespace', NAMESPACE);
  return (await found.catch(() => undefined))?.data?.['tls.crt'];
}

/** Types a command that the proof does not show. */
async function quietly(command: string): Promise<void> {
  const { code, stderr } = await run('/bin/sh', ['-c', `cd '${ROOT}' && ${command}`], { env: environment.env });
  if (code !== 0) throw new Error(`$ ${command}\n${stderr}`);
}

async function lastRevision(): Promise<number> {
  const args = ['history', FULLNAME, '--namespace', NAMESPACE, '--max', '1', '--output', 'json'];
  const history = JSON.parse(outputOf(await run(environment.provisions.binaries.helm, args, { env: environment.env })));
  return (history as readonly { revision: number }[])[0]?.revision ?? 0;
}

/** A copy of the chart that names the entries as it did before the first release. */
async function formerChart(): Promise<string> {
  const copy = join(plane.directory, 'former');
  await cp(CHART, copy, { recursive: true });
  const template = join(copy, 'templates', 'webhook.yaml');
  const text = await readFile(template, 'utf8');
  const renamed = text.replace('"name" "privileged"', '"name" $inPrivileged');
  await writeFile(template, renamed.replace('"name" "restricted"', '"name" $inRestricted'));
  return copy;
}
