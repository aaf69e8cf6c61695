import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { adviceFor } from '../../../src/cli/advise/advice.ts';
import { factsFrom } from '../../../src/cli/advise/facts.ts';
import { PLATFORMS } from '../../../src/cli/advise/platforms.ts';
import { adviceText } from '../../../src/cli/advise/text.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { settingsOf } from '../../support/cases.ts';
import { type NodeKind, nodeObject } from '../../support/node-objects.ts';

const EKS: NodeKind = { osImage: 'Amazon Linux 2023.9.20251117', kubelet: 'v1.34.1-eks-113cf36' };
const UBUNTU22: NodeKind = { osImage: 'Ubuntu 22.04.5 LTS', kubelet: 'v1.34.1' };
const TALOS: NodeKind = { osImage: 'Talos (v1.11.5)', kubelet: 'v1.34.1' };
const OPENSHIFT: NodeKind = { labels: { 'node.openshift.io/os_id': 'rhel' }, kubelet: 'v1.33.5' };
const [ELASTIC, SONAR, DORIS] = ['elasticsearch:9.2.0', 'sonarqube:26.1-community', 'apache/doris:be-3.0.8'];
const preset = (name: string) => ['--values', `charts/max-map-count-webhook/presets/${name}.yaml`];

const pod = (namespace: string, image: string, status: JsonObject = {}): JsonObject => {
  return { metadata: { namespace, name: 'p' }, spec: { containers: [{ name: 'server', image }] }, status };
};
const namespace = (name: string, level?: string): JsonObject => {
  return { metadata: { name, labels: level === undefined ? {} : { 'pod-security.kubernetes.io/enforce': level } } };
};
interface Prepared {
  readonly nodes: readonly NodeKind[];
  readonly pods: readonly JsonObject[];
  readonly namespaces?: readonly JsonObject[] | undefined;
}

function advised({ nodes, pods, namespaces = [namespace('search')] }: Prepared) {
  const objects = { nodes: nodes.map((kind, index) => nodeObject(`node-${index}`, kind)), pods, namespaces };
  const facts = factsFrom(objects, settingsOf(''));
  const advice = adviceFor(facts);
  return { ...advice, facts, text: adviceText(facts, advice, 37) };
}

describe('what to do with', () => {
  it('EKS and Elasticsearch: nothing', () => {
    const { course, values, isCertain, text } = advised({ nodes: [EKS, EKS], pods: [pod('search', ELASTIC ?? '')] });
    expect([course, isCertain, values]).toEqual(['nothing', false, preset('eks')]);
    expect(text).toMatch(/^2 nodes of EKS: 2 likely, as Amazon Linux 2023 of EKS ships it\. Needed by 1 pod/);
    expect(text.replaceAll('\n', ' ')).toContain(
      'This cluster needs no webhook now: every node likely has at least 524288, and nothing here needs more than 262144 (elasticsearch). Likely is not known: read it on a node',
    );
    expect(text).toMatch(/If you install it for what may come, say so:\n\n {2}--values \S+\/eks\.yaml\n$/);
  });

  it('EKS and Apache Doris beside it: a webhook that touches Doris only', () => {
    const { course, values, text } = advised({
      nodes: [EKS],
      pods: [pod('search', ELASTIC ?? ''), pod('olap', DORIS ?? '')],
    });
    expect([course, values]).toEqual(['nodes.guaranteed', preset('eks')]);
    expect(text.replaceAll('\n', ' ')).toContain('only doris-be needs more');
  });

  it('Talos and Elasticsearch in a namespace without a label: prepared nodes', () => {
    const { course, values, page, text } = advised({ nodes: [TALOS], pods: [pod('search', ELASTIC ?? '')] });
    expect([course, page]).toEqual(['prepared nodes', 'talos.md']);
    expect(values).toEqual([...preset('talos'), '--set', 'podSecurity.restrictedNamespaces=node-affinity']);
    expect(text.replaceAll('\n', ' ')).toContain('Talos Linux enforces baseline in namespaces without a label.');
  });

  it('OpenShift and SonarQube: prepared nodes, since an SCC forbids the container', () => {
    const { course, values, because } = advised({ nodes: [OPENSHIFT], pods: [pod('search', SONAR ?? '')] });
    expect([course, values]).toEqual(['prepared nodes', preset('openshift')]);
    expect(because).toContain('security context constraints');
  });

  it('nodes of which nothing is known, and Elasticsearch: the webhook', () => {
    const { course, values, text, because } = advised({
      nodes: [UBUNTU22, { osImage: 'Flatcar' }],
      pods: [pod('search', ELASTIC ?? '')],
    });
    expect([course, values]).toEqual(['webhook', []]);
    expect(because).toBe('elasticsearch needs the value, and nothing is known of 1 of 2 nodes');
    expect(text).toContain('Not known: node-1.');
    expect(text.replaceAll('\n', ' ')).toContain('engine=admissionPolicy');
  });
});

describe('advice', () => {
  it('takes back what a preset promises where a node has less, or may have', () => {
    const pods = [pod('search', ELASTIC ?? '')];
    const promise = ['--set', 'config.nodes.guaranteed=0'];
    expect(advised({ nodes: [EKS, UBUNTU22], pods }).values).toEqual([...preset('eks'), ...promise]);
    expect(advised({ nodes: [EKS, { osImage: 'Flatcar' }], pods }).values).toEqual([...preset('eks'), ...promise]);
  });

  it('is certain where labels tell, and goes by them before images', () => {
    const labelled = { ...UBUNTU22, labels: { 'max-map-count.io/value': '1048576' } };
    const { course, isCertain, values, text } = advised({ nodes: [labelled], pods: [pod('search', SONAR ?? '')] });
    expect([course, isCertain, values]).toEqual(['nothing', true, ['--set', 'config.nodes.guaranteed=1048576']]);
    expect(text).toMatch(/^1 node: 1 known by label\. Needed by 1 pod of sonarqube \(524288\)\.\n/);
    expect(text).not.toContain('Likely');
  });

  it('is to prepare nodes with the DaemonSet where the platform has no means of its own', () => {
    const namespaces = [namespace('search', 'restricted')];
    const { values, because } = advised({ nodes: [UBUNTU22], pods: [pod('search', SONAR ?? '')], namespaces });
    expect(values).toEqual(['--set', 'preparedNodes.enabled=true', '--set', 'preparedNodes.value=524288']);
    expect(because).toContain('Pod Security in search forbids');
  });

  it('leaves out pods that are over, need nothing, or only may need it, and nodes of Windows', () => {
    const windows = { osImage: 'Windows Server 2022', labels: { 'kubernetes.io/os': 'windows' } };
    const { course, facts, text } = advised({
      nodes: [windows],
      pods: [
        pod('a', ELASTIC ?? '', { phase: 'Succeeded' }),
        pod('a', 'nginx'),
        pod('a', 'mirror.example.com/my-elasticsearch:1'),
      ],
    });
    expect([course, facts.supply.nodes, facts.uncertain]).toEqual(['nothing', 0, 1]);
    expect(text).toContain('No pod needs vm.max_map_count. 1 pod may need it');
  });

  it('says when namespaces may not be listed', () => {
    const objects = { nodes: [nodeObject('n', UBUNTU22)], pods: [pod('search', ELASTIC ?? '')], namespaces: undefined };
    const facts = factsFrom(objects, settingsOf(''));
    expect(adviceText(facts, adviceFor(facts), null).replaceAll('\n', ' ')).toContain('Namespaces may not be listed');
    expect(adviceText(facts, adviceFor(facts), null)).not.toContain('admissionPolicy');
  });

  it('counts a pod that was patched already, whatever the configuration promises now', () => {
    const settings = settingsOf('{mode: observe, nodes: {guaranteed: 2000000}}');
    const facts = factsFrom({ nodes: [], pods: [pod('search', ELASTIC ?? '')], namespaces: [] }, settings);
    expect(facts.demands).toEqual([{ workload: 'elasticsearch', value: 262_144, pods: 1, namespaces: ['search'] }]);
  });
});

describe('the table of platforms', () => {
  const root = new URL('../../../', import.meta.url);

  it.each(PLATFORMS)(
    'says of $title what its preset sets, and has a page',
    ({ preset: name, guaranteed = 0, enforces, page }) => {
      expect(readFileSync(new URL(`docs/clusters/${page}`, root), 'utf8')).toMatch(/^# /);
      if (name === undefined) return expect([guaranteed, enforces]).toEqual([0, undefined]);
      const values = parse(readFileSync(new URL(`charts/max-map-count-webhook/presets/${name}.yaml`, root), 'utf8'));
      expect(values.config?.nodes?.guaranteed ?? 0).toBe(guaranteed);
      expect(values.podSecurity?.clusterDefault).toBe(enforces);
    },
  );
});
