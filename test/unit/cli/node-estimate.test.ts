import { describe, expect, it } from 'vitest';
import { estimateOf, estimateText } from '../../../src/cli/node-estimate.ts';
import { NODE_IMAGES } from '../../../src/cli/node-images.ts';
import { reportOn } from '../../../src/cli/nodes/report.ts';
import { reportText } from '../../../src/cli/nodes/text.ts';
import { settingsOf } from '../../support/cases.ts';
import { type NodeKind, nodeObject } from '../../support/node-objects.ts';

const ubuntu24 = { osImage: 'Ubuntu 24.04.3 LTS' };

describe('what a node probably has', () => {
  it.each<[string, NodeKind, number | null]>([
    ['EKS, Amazon Linux 2023', { osImage: 'Amazon Linux 2023.9.20251117', kubelet: 'v1.34.1-eks-113cf36' }, 524_288],
    ['EKS, Amazon Linux 2', { osImage: 'Amazon Linux 2', kubelet: 'v1.30.14-eks-3abbec1' }, 524_288],
    [
      'EKS Fargate',
      {
        osImage: 'Amazon Linux 2',
        kubelet: 'v1.30.14-eks-3abbec1',
        labels: { 'eks.amazonaws.com/compute-type': 'fargate' },
      },
      null,
    ],
    [
      'EKS Auto Mode',
      {
        osImage: 'Bottlerocket (EKS Auto, Standard) 2026.10.1 (aws-k8s-1.34-standard)',
        labels: { 'eks.amazonaws.com/compute-type': 'auto' },
      },
      524_288,
    ],
    // The number is that of the EKS image, not of the distribution.
    ['Amazon Linux 2023 elsewhere', { osImage: 'Amazon Linux 2023.9.20251117', kubelet: 'v1.34.1' }, null],
    ['EKS, Bottlerocket', { osImage: 'Bottlerocket OS 1.67.0 (aws-k8s-1.34)', kubelet: 'v1.34.1-eks-1' }, 524_288],
    ['EKS, Ubuntu 22.04', { osImage: 'Ubuntu 22.04.5 LTS', kubelet: 'v1.31.5' }, 65_530],
    ['AKS, Ubuntu 24.04', ubuntu24, 1_048_576],
    ['AKS, Azure Linux 3', { osImage: 'Microsoft Azure Linux 3.0' }, 1_048_576],
    ['AKS, Mariner 2', { osImage: 'CBL-Mariner/Linux' }, null],
    ['kOps on Ubuntu 24.04', { ...ubuntu24, labels: { 'kops.k8s.io/instancegroup': 'nodes' } }, 262_144],
    ['Gardener on Ubuntu', { ...ubuntu24, labels: { 'worker.gardener.cloud/pool': 'w' } }, 135_217_728],
    [
      'OpenShift',
      { osImage: 'Red Hat Enterprise Linux CoreOS 9.6', labels: { 'node.openshift.io/os_id': 'rhel' } },
      262_144,
    ],
    ['kind on a Debian image', { osImage: 'Debian GNU/Linux 13 (trixie)', provider: 'kind://docker/kind/node' }, null],
    ['minikube', { osImage: 'Debian GNU/Linux 12 (bookworm)', labels: { 'minikube.k8s.io/name': 'm' } }, null],
    ['WSL 2', { ...ubuntu24, kernel: '5.15.167.4-microsoft-standard-WSL2' }, null],
    ['Docker Desktop', { osImage: 'Docker Desktop', kernel: '6.10.14-linuxkit' }, null],
    ['Talos', { osImage: 'Talos (v1.11.5)' }, 65_530],
    ['Debian 12', { osImage: 'Debian GNU/Linux 12 (bookworm)' }, 65_530],
    ['Debian 13', { osImage: 'Debian GNU/Linux 13 (trixie)' }, 1_048_576],
    ['Fedora CoreOS', { osImage: 'Fedora CoreOS 43.20251110.3.1' }, 1_048_576],
    ['Fedora 38', { osImage: 'Fedora Linux 38 (Cloud Edition)' }, null],
    ['RHEL 10', { osImage: 'Red Hat Enterprise Linux 10.1 (Coughlan)' }, 1_048_576],
    ['RHEL 9', { osImage: 'Red Hat Enterprise Linux 9.6 (Plow)' }, null],
    ['GKE', { osImage: 'Container-Optimized OS from Google', kubelet: 'v1.33.5-gke.1201000' }, null],
    ['Flatcar', { osImage: 'Flatcar Container Linux by Kinvolk 4230.2.4 (Oklo)' }, null],
    ['a node that says nothing', {}, null],
  ])('%s', (_what, kind, value) => {
    expect(estimateOf(nodeObject('n', kind))?.value ?? null).toBe(value);
  });

  it('is said as likely, and only where no label tells', () => {
    const eks = { osImage: 'Amazon Linux 2023.9.20251117', kubelet: 'v1.34.1-eks-113cf36' };
    const labelled = { ...eks, labels: { 'max-map-count.io/value': '262144' } };
    const report = reportOn([nodeObject('bare', eks), nodeObject('told', labelled)], [], settingsOf(''));
    expect(report.nodes.map(({ likely }) => likely && estimateText(likely))).toEqual([
      'likely 524288 (Amazon Linux 2023 of EKS ships it)',
      null,
    ]);
    expect(reportText(report)).toMatch(/^bare +none, likely 524288 \(Amazon Linux 2023 of EKS ships it\) +none +0$/m);
    // The scheduler knows labels only.
    expect(report.nodes[0]?.fits).toEqual([]);
  });

  it.each(NODE_IMAGES)('the row of $title names its source, the month and how such a node is known', (row) => {
    expect(() => new URL(row.source)).not.toThrow();
    expect(row.source).toMatch(/^https:\/\//);
    expect(row.seen).toMatch(/^20\d\d-(?:0[1-9]|1[0-2])$/);
    expect(Object.keys(row.known).length).toBeGreaterThan(0);
    if (row.value !== null) expect(row.value).toBeGreaterThanOrEqual(65_530);
  });

  it('no kind is in the table twice', () => {
    const titles = NODE_IMAGES.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
