// Upgrades of a release whose entries cert-manager's CA injector co-owns: under server-side apply, helm's default from
// version 4 on, an entry that is renamed or removed stays behind as a stump that the API server refuses.
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../tools/control-plane/certificate.ts';
import { outputOf } from '../../tools/process/run.ts';
import { type Supervisor, startSupervisor } from '../../tools/process/supervisor.ts';
import { injectAuthority } from '../support/ca-injector.ts';
import { CERT_MANAGER_CRDS } from '../support/cert-manager-crds.ts';
import * as chart from '../support/chart.ts';
import { expectNothingLeft, release } from '../support/chart-release.ts';
import { cluster } from '../support/cluster.ts';

const { available, binaries, kubeconfig, kubectl, apply, get, createNamespace } = cluster();
const { certificate: authority } = await createAuthority('CA of the upgrades');
const STUMP = 'clientConfig: Required value: exactly one of url or service is required';

/** Values that change the configuration, as `--set` takes them, and the paths that its two entries then call. */
const VALUES: readonly (readonly [string, readonly string[]])[] = [
  ['preparedNodes.enabled=true', ['init-container', 'node-affinity']],
  ['podSecurity.restrictedNamespaces=node-affinity', ['init-container', 'node-affinity']],
  ['podSecurity.privilegedNamespaces=none', ['none', 'none']],
  ['podSecurity.clusterDefault=restricted', ['init-container', 'none']],
  ['webhook.warnOnWorkloads=true', ['init-container', 'none']],
];

describe.skipIf(!available)('an upgrade beside a CA injector', () => {
  const installed: string[] = [];
  let supervisor: Supervisor;
  beforeAll(async () => {
    supervisor = await startSupervisor();
    outputOf(await apply(...CERT_MANAGER_CRDS));
    const crds = CERT_MANAGER_CRDS.map(({ metadata }) => `crd/${metadata.name}`);
    outputOf(await kubectl(['wait', '--for=condition=Established', ...crds]));
  });
  afterAll(async () => {
    await supervisor.stop();
    await expectNothingLeft(kubectl, installed);
    outputOf(await kubectl(['delete', ...CERT_MANAGER_CRDS.map(({ metadata }) => `crd/${metadata.name}`)]));
  });

  const start = async (name: string) => {
    installed.push(name);
    return release({ helm: binaries.helm, kubeconfig }, name, await createNamespace());
  };
  const entriesOf = async (configuration: string) =>
    ((await get('mutatingwebhookconfiguration', configuration)) as chart.WebhookConfiguration).webhooks.map(
      ({ clientConfig }) => [clientConfig.service.path, atob(clientConfig.caBundle ?? '')],
    );
  const withAuthority = (strategies: readonly string[]) => strategies.map((one) => [`/mutate/${one}`, authority]);

  it.each(['true', 'false'])(
    'keeps entries and authority, and so does a rollback (--server-side=%s)',
    async (serverSide) => {
      const one = await start(`stable-${serverSide}`);
      const configuration = `zz-${one.fullname}`;
      await one.install(`--server-side=${serverSide}`);
      await injectAuthority(kubectl, configuration, authority);
      for (const [set, strategies] of VALUES) {
        await one.upgrade(`--server-side=${serverSide}`, '--set', set);
        if (set.includes('warn')) await injectAuthority(kubectl, `${configuration}-warn`, authority);
        expect(await entriesOf(configuration), set).toEqual(withAuthority(strategies));
        outputOf(await one.helm(['rollback', one.name, '1', `--server-side=${serverSide}`]));
        expect(await entriesOf(configuration), set).toEqual(withAuthority(['init-container', 'none']));
      }
      const names = await kubectl(['get', 'mutatingwebhookconfigurations', '--output=name']);
      expect(outputOf(names)).not.toContain(`${configuration}-warn`);
      await one.uninstall();
    },
  );

  it('keeps them when another tool applies server-side', async () => {
    const namespace = await createNamespace();
    const configurationWith = async (values: chart.Values) =>
      chart.only(
        await chart.render({ helm: binaries.helm, values, namespace, release: 'flux' }),
        'MutatingWebhookConfiguration',
      );
    const before = await configurationWith({});
    const after = await configurationWith({ podSecurity: { restrictedNamespaces: 'node-affinity' } });
    const applyAs = ['apply', '--server-side', '--field-manager=kustomize-controller', '-f', '-'];
    outputOf(await kubectl(applyAs, { input: JSON.stringify(before) }));
    await injectAuthority(kubectl, before.metadata.name, authority);
    outputOf(await kubectl(applyAs, { input: JSON.stringify(after) }));
    expect(await entriesOf(after.metadata.name)).toEqual(withAuthority(['init-container', 'node-affinity']));
    outputOf(await kubectl(['delete', after.kind, after.metadata.name]));
  });

  it('away from cert-manager needs --force-conflicts, and back does not, as docs/operations.md says', async () => {
    const one = await start('moved');
    const configuration = `zz-${one.fullname}`;
    await one.install();
    await injectAuthority(kubectl, configuration, authority);
    await expect(one.upgrade('--set', 'tls.mode=helm')).rejects.toThrow('conflicts with "cert-manager-cainjector"');
    await one.upgrade('--set', 'tls.mode=helm', '--force-conflicts');
    const [[, generated] = []] = await entriesOf(configuration);
    expect(generated).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(generated).not.toBe(authority);
    await one.upgrade('--set', 'tls.mode=certManager');
    await one.uninstall();
  });

  it('from the names before the first release needs --server-side=false once, as docs/operations.md says', async () => {
    const former = join(await mkdtemp(join(supervisor.directory, 'former-')), 'chart');
    await cp(chart.CHART, former, { recursive: true });
    const template = join(former, 'templates', 'webhook.yaml');
    const renamed = (await readFile(template, 'utf8'))
      .replace('"name" "privileged"', '"name" $inPrivileged')
      .replace('"name" "restricted"', '"name" $inRestricted');
    await writeFile(template, renamed);
    const one = await start('former');
    const configuration = `zz-${one.fullname}`;
    outputOf(await one.helm(['install', one.name, former]));
    await injectAuthority(kubectl, configuration, authority);
    await expect(one.upgrade()).rejects.toThrow(STUMP);
    await one.upgrade('--server-side=false');
    await injectAuthority(kubectl, configuration, authority);
    await one.upgrade('--server-side=true', '--set', 'preparedNodes.enabled=true');
    expect(await entriesOf(configuration)).toEqual(withAuthority(['init-container', 'node-affinity']));
    await one.uninstall();
  });
});
