import { describe, expect, it } from 'vitest';
import { get, type JsonObject } from '../../../src/core/json.ts';
import { refusal } from '../../support/fake-api.ts';
import { cluster, node, pod, ROOT, RUNNING, raises, statefulSet } from './fix-cluster.ts';

describe('where the webhook patches the pod', () => {
  it('the crashing pod is only made anew: no node is touched', async () => {
    const { api, fix } = await cluster({ ...pod('es-0'), ...node('node-1') }, { webhook: true });
    const { stdout, stderr, code } = await fix(['es-0', '--yes']);
    expect(api.writes()).toEqual([`DELETE ${ROOT}/es-0`]);
    expect(stdout).toBe('pod search/es-0 deleted\n');
    expect(stderr).not.toContain('What lasts');
    expect(code).toBe(0);
    const asked = api.requests.find(({ path }) => path === `${ROOT}?dryRun=All`)?.body;
    expect(get(get(asked, 'spec'), 'nodeName')).toBeUndefined();
  });

  it('what was missed and runs is restarted in its own order, not deleted', async () => {
    const stored = { ...pod('es-0', { status: RUNNING }), ...pod('es-1', { status: RUNNING }), ...statefulSet() };
    const { api, fix } = await cluster(stored, { webhook: true });
    const { stdout, stderr, code } = await fix(['statefulset/es', '--yes'].slice(1));
    expect(api.writes()).toEqual(['PATCH /apis/apps/v1/namespaces/search/statefulsets/es']);
    expect(stdout).toBe('StatefulSet search/es restarted\n');
    expect(stderr).toContain('  StatefulSet search/es (es-0, es-1)\n');
    expect(code).toBe(0);
  });

  it.each<[string, JsonObject, string]>([
    [
      'is of an operator',
      { metadata: { name: 'es', ownerReferences: [{ kind: 'Elasticsearch', name: 'q', controller: true }] } },
      'Elasticsearch q manages StatefulSet search/es: restart it there',
    ],
    [
      'waits for deletions',
      { spec: { updateStrategy: { type: 'OnDelete' } } },
      'its updateStrategy is OnDelete: delete its pods one by one',
    ],
  ])('what was missed and runs is left alone where it %s', async (_, more, why) => {
    const { api, fix } = await cluster(
      { ...pod('es-0', { status: RUNNING }), ...statefulSet(more) },
      { webhook: true },
    );
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain(
      `pod search/es-0 is left alone: it runs, and was not patched when it was created; ${why}\n`,
    );
  });

  it('a bare pod gets its node raised instead', async () => {
    const { api, fix } = await cluster({ ...pod('es-0', { owner: null }), ...node('node-1') }, { webhook: true });
    const { code } = await fix(['--yes']);
    expect([raises(api).length, code]).toEqual([1, 0]);
  });
});

describe('what is left alone', () => {
  it('a crash of another kind, which only a name brings up', async () => {
    const stored = { ...pod('web-0', { image: 'nginx', line: 'out of memory' }), ...node('node-1') };
    const { api, fix } = await cluster(stored, {
      answer: ({ path }) => (path.includes('/log?') ? { status: 200, body: '' } : undefined),
    });
    const all = await fix(['--yes']);
    expect([all.code, all.stderr]).toEqual([
      0,
      `context stage, server ${api.url}\nnothing to do: no pod in namespace search crashes because of vm.max_map_count (-A looks everywhere)\n`,
    ]);
    const named = await fix(['web-0', '--yes']);
    expect(named.stderr).toContain(
      'pod search/web-0 is left alone: nothing says that it is for vm.max_map_count: kubectl -n search logs web-0 --previous\n',
    );
    expect([api.writes(), named.code]).toEqual([[], 2]);
  });

  it('a pod that runs where no webhook would patch it', async () => {
    const { api, fix } = await cluster(pod('es-0', { status: RUNNING }));
    const { code, stderr } = await fix(['es-0', '--yes']);
    expect([api.writes(), code]).toEqual([[], 0]);
    expect(stderr).toContain('nothing to do: es-0 does not crash');
  });

  it('a line that asks for a value that is in no row', async () => {
    const line = 'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [999999999]';
    const { api, fix } = await cluster({ ...pod('x-0', { image: 'my/app', line }), ...node('node-1') });
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain('no workload of the catalogue has the value that it asks for');
  });

  it('a pod on a kernel of its own', async () => {
    const { api, fix } = await cluster({ ...pod('es-0', { spec: { runtimeClassName: 'kata' } }), ...node('node-1') });
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain('it runs on a kernel of its own');
  });

  it('a node that has refused our init container', async () => {
    const message = 'max-map-count: vm.max_map_count is still 65530, 262144 is needed: the node refused the write';
    const ended = { name: 'max-map-count', ready: false, state: { terminated: { exitCode: 1, message } } };
    const { api, fix } = await cluster({
      ...pod('es-0', { status: { phase: 'Pending', initContainerStatuses: [ended] } }),
      ...node('node-1'),
    });
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain('node node-1 refuses the write, also from a privileged container');
  });

  it('an init container of ours that fails for another reason', async () => {
    const ended = { name: 'max-map-count', ready: false, state: { terminated: { exitCode: 127 } } };
    const stored = {
      ...pod('es-0', { status: { phase: 'Pending', initContainerStatuses: [ended] } }),
      ...node('node-1'),
    };
    const { api, fix } = await cluster(stored);
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain('the init container max-map-count does not do its work: kubectl max-map-count doctor');
  });
});

it('a list that may not be read is one line, and so is a server that does not answer', async () => {
  const { api, fix } = await cluster({}, { answer: () => refusal(403, 'pods is forbidden') });
  const { stderr, code } = await fix([]);
  expect([stderr, code]).toEqual([`context stage, server ${api.url}\nerror: pods is forbidden\n`, 2]);
  await api.stop();
  const gone = await fix([]);
  expect(gone.stderr).toMatch(/\nerror: cannot reach \S+: connect ECONNREFUSED \S+\n$/);
});

describe('nothing is written', () => {
  const stored = { ...pod('es-0'), ...node('node-1') };

  it('without a yes', async () => {
    const { api, fix } = await cluster(stored);
    const { code, stderr } = await fix(['es-0'], { answer: '' });
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toMatch(/nothing was changed\n$/);
  });

  it('when nobody can be asked', async () => {
    const { api, fix } = await cluster(stored);
    const { code, stderr } = await fix(['es-0']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain('standard input is no terminal');
  });

  it('with --dry-run, which has the API server check every step', async () => {
    const { api, fix } = await cluster(stored);
    const { stdout, code } = await fix(['es-0', '--dry-run']);
    expect([api.writes(), code]).toEqual([[], 0]);
    expect(stdout).toBe(
      'node node-1 raised to at least 262144 (server dry run)\npod search/es-0 deleted (server dry run)\n',
    );
  });
});
