import { describe, expect, it } from 'vitest';
import { raiseScript } from '../../../src/core/init-container.ts';
import { get, objects, text } from '../../../src/core/json.ts';
import { settingsOf } from '../../support/cases.ts';
import { refusal } from '../../support/fake-api.ts';
import { cluster, LINE, node, pod, RAISED, RAISES, ROOT, raises } from './fix-cluster.ts';

describe('where no webhook is', () => {
  const stored = { ...pod('es-0'), ...node('node-1') };

  it('a pod of our constant script raises the node and is removed, and then the crashing pod is deleted', async () => {
    const { api, fix } = await cluster(stored);
    const { stdout, stderr, code } = await fix(['es-0'], { answer: 'y' });
    const [raise, ...others] = raises(api);
    expect(others).toEqual([]);
    const name = text(get(raise, 'metadata'), 'name');
    expect(api.writes()).toEqual([
      `POST ${RAISES}`,
      `DELETE ${RAISES}/${name}?gracePeriodSeconds=0`,
      `DELETE ${ROOT}/es-0`,
    ]);
    expect(api.requests.at(-1)?.body).toMatchObject({ preconditions: { uid: 'uid-es-0' } });
    const spec = get(raise, 'spec');
    expect(spec).toMatchObject({ nodeName: 'node-1', restartPolicy: 'Never', automountServiceAccountToken: false });
    expect(objects(spec, 'containers')).toMatchObject([
      { image: settingsOf('').initContainer.image, command: ['/bin/sh', '-c', raiseScript(262_144)] },
    ]);
    expect(stdout).toBe(`node node-1: ${RAISED}pod search/es-0 deleted\n`);
    expect(stderr).toBe(
      [
        `context stage, server ${api.url}`,
        `raise vm.max_map_count once, by a privileged pod of a few seconds in kube-system (image ${settingsOf('').initContainer.image}):`,
        '  node node-1: to at least 262144',
        'then delete, so that the next ones start at once:',
        `  pod search/es-0 of StatefulSet search/es on node-1: ${LINE}`,
        'Raise vm.max_map_count on 1 node and delete 1 pod? [y/N] y',
        'see them start: kubectl get pods -n search --watch',
        'A node forgets this when it starts anew, and a pod may move to another node. What lasts:',
        '  the webhook, which raises the value wherever such a pod lands: helm install max-map-count-webhook (README)',
        '  prepared nodes, without privileged containers in pods: preparedNodes.enabled=true in the chart (docs/prepared-nodes.md)',
        '  on a node of your own: echo vm.max_map_count=262144 > /etc/sysctl.d/99-max-map-count.conf',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  it('each node gets one pod, with the highest value that its pods need', async () => {
    const more = {
      ...node('node-2'),
      ...pod('es-1', { node: 'node-2' }),
      ...pod('sonar-0', { image: 'sonarqube:lts', node: 'node-2', line: LINE.replace('262144', '524288') }),
    };
    const { api, fix } = await cluster({ ...stored, ...more });
    const { code } = await fix(['--yes']);
    const values = raises(api).map((body) => {
      const [container] = objects(get(body, 'spec'), 'containers');
      return [text(get(body, 'spec'), 'nodeName'), get(container, 'command')];
    });
    expect(values.map(([on]) => on)).toEqual(['node-1', 'node-2']);
    expect(values[1]?.[1]).toEqual(['/bin/sh', '-c', raiseScript(524_288)]);
    expect(api.writes().filter((write) => write.startsWith(`DELETE ${ROOT}`))).toHaveLength(3);
    expect(code).toBe(0);
  });

  it.each<[string, string, number]>([
    [
      'another product’s words',
      'Preflight check failed with error: /proc/sys/vm/max_map_count value should be at least 262144 but is 65530 (set via "vm.max_map_count" sysctl)',
      262_144,
    ],
    ['a product that nobody recognises by its image', LINE.replace('262144', '524288'), 524_288],
  ])('%s tell the value, too', async (_, line, value) => {
    const { api, fix } = await cluster({ ...pod('x-0', { image: 'registry.example/x', line }), ...node('node-1') });
    const { code } = await fix(['--yes']);
    const [container] = objects(get(raises(api)[0], 'spec'), 'containers');
    expect([get(container, 'command'), code]).toEqual([['/bin/sh', '-c', raiseScript(value)], 0]);
  });

  it('a pod whose log cannot be read is cured by what it is', async () => {
    const { fix } = await cluster(
      { ...pod('es-0', { line: '' }), ...node('node-1') },
      { answer: ({ path }) => (path.startsWith(`${ROOT}/es-0/log`) ? refusal(500, 'dial tcp: no route') : undefined) },
    );
    const { stderr, code } = await fix(['--yes']);
    expect(stderr).toContain(
      'container es crashes, and the pod needs 262144 (its log was not read: dial tcp: no route)\n',
    );
    expect(code).toBe(0);
  });

  it('a bare pod is never deleted', async () => {
    const { api, fix } = await cluster({ ...pod('es-0', { owner: null }), ...node('node-1') });
    const { stderr, code } = await fix(['--yes']);
    expect(api.writes().filter((write) => write.includes(ROOT))).toEqual([]);
    expect(stderr).toContain(
      'nobody makes these again, so they are not deleted; the kubelet tries them again within five minutes:\n  pod search/es-0 on node-1',
    );
    expect([raises(api).length, code]).toEqual([1, 0]);
  });

  it('nor is the mirror of a static pod', async () => {
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'n', controller: true };
    const { api, fix } = await cluster({ ...pod('es-0', { owner }), ...node('node-1') });
    await fix(['--yes']);
    expect(api.writes().filter((write) => write.includes(ROOT))).toEqual([]);
  });

  it('a refused write is told with the words of the script, and the pod is left to crash', async () => {
    const log = 'max-map-count: vm.max_map_count is still 65530, 262144 is needed: the node refused the write\n';
    const { api, fix } = await cluster(stored, { phase: 'Failed', log });
    const { stderr, code } = await fix(['--yes']);
    expect(api.writes().map((write) => write.split(' ')[0])).toEqual(['POST', 'DELETE']);
    expect(stderr).toContain(`error: node node-1: ${log}`);
    expect(code).toBe(2);
  });

  it('a log that may not be read costs nothing but the log', async () => {
    const forbidden = ({ path }: { path: string }) => (path.includes('/log?') ? refusal(403, 'no') : undefined);
    const { fix } = await cluster(stored, { answer: forbidden });
    const { stdout, code } = await fix(['--yes']);
    expect(stdout).toContain('node node-1: vm.max_map_count is high enough; the log that tells more may not be read\n');
    expect(code).toBe(0);
  });

  it.each<[string, Parameters<typeof refusal>, string]>([
    [
      'missing rights',
      [
        403,
        'pods is forbidden: User "dev" cannot create resource "pods" in API group "" in the namespace "kube-system"',
      ],
      'error: node node-1: you may not raise the value by a pod in namespace kube-system: pods is forbidden: User "dev" cannot',
    ],
    [
      'Pod Security',
      [403, 'pods "x" is forbidden: violates PodSecurity "baseline:latest": privileged'],
      'error: node node-1: Pod Security does not allow the privileged pod that raises the value in namespace kube-system: raise it on the node itself',
    ],
  ])('%s are told before anybody is asked', async (_, refused, wanted) => {
    const { api, fix } = await cluster(stored, {
      answer: ({ method, path }) => (method === 'POST' && path.startsWith(RAISES) ? refusal(...refused) : undefined),
    });
    const { stdout, stderr, code } = await fix([], { answer: 'y' });
    expect([api.writes(), stdout, code]).toEqual([[], '', 2]);
    expect(stderr).toContain(wanted);
    expect(stderr).toMatch(/error: nothing was changed\n$/);
    expect(stderr).not.toContain('[y/N]');
  });

  it('a node that is not ready is named, and nothing is tried there', async () => {
    const { api, fix } = await cluster({ ...pod('es-0'), ...node('node-1', 'Unknown') });
    const { stderr, code } = await fix(['--yes']);
    expect([api.writes(), code]).toEqual([[], 2]);
    expect(stderr).toContain(
      'error: pod search/es-0 is left alone: node node-1 is not ready, so nothing can be done there: Kubelet stopped posting node status.',
    );
  });
});
