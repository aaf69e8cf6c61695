/** What nodes of one kind have as vm.max_map_count, unless somebody changed it, and where that is written. */
export interface NodeImage {
  /** The kind in words: `Amazon Linux 2023 of EKS`. */
  readonly title: string;
  /** How a node is known; all that is given must hold. Only the kubelet and the cloud write these fields. */
  readonly known: {
    /** Of `status.nodeInfo.osImage`. */
    readonly osImage?: RegExp;
    /** Of `status.nodeInfo.kubeletVersion`. */
    readonly kubelet?: RegExp;
    /** Of `status.nodeInfo.kernelVersion`. */
    readonly kernel?: RegExp;
    /** Of `spec.providerID`. */
    readonly provider?: RegExp;
    /** A label that every node of the kind has, as `key` or `key=value`. */
    readonly label?: string;
  };
  /** Null where the node is a container or a small machine on something else, which has the value. */
  readonly value: number | null;
  /** The public page or file that says so. */
  readonly source: string;
  /** The month in which it was read. */
  readonly seen: string;
  /** What else the reader of the table should know. */
  readonly note?: string;
}

const AKS = 'https://learn.microsoft.com/azure/aks/custom-node-configuration';
const FEDORA = 'https://fedoraproject.org/wiki/Changes/IncreaseVmMaxMapCount';
const OPENSEARCH = 'https://github.com/opensearch-project/OpenSearch/issues/21604';
const BOTTLEROCKET = 'https://github.com/bottlerocket-os/bottlerocket-core-kit/pull/835';

/**
 * The kinds of nodes whose value is established, the first that fits counts: what a distribution of Kubernetes writes comes
 * before what the image brings. A kind is missing where no source was found; nothing is claimed about it.
 */
export const NODE_IMAGES: readonly NodeImage[] = [
  {
    title: 'kind',
    known: { provider: /^kind:/ },
    value: null,
    source: 'https://kind.sigs.k8s.io/',
    seen: '2026-11',
    note: 'a container: the value is that of the machine below',
  },
  {
    title: 'minikube',
    known: { label: 'minikube.k8s.io/name' },
    value: null,
    source: 'https://minikube.sigs.k8s.io/docs/drivers/',
    seen: '2026-11',
    note: 'a container or a small virtual machine, by its driver',
  },
  {
    title: 'Docker Desktop and WSL 2',
    known: { kernel: /microsoft-standard-WSL2|linuxkit/i },
    value: null,
    source: 'https://github.com/docker/for-win/issues/5202',
    seen: '2026-11',
    note: 'all distributions of WSL 2 share one kernel and one value',
  },
  {
    title: 'EKS Fargate',
    known: { label: 'eks.amazonaws.com/compute-type=fargate' },
    value: null,
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/fargate.html',
    seen: '2026-11',
    note: 'a machine for one pod, without privileged containers',
  },
  {
    title: 'kOps',
    known: { label: 'kops.k8s.io/instancegroup' },
    value: 262_144,
    source: 'https://github.com/kubernetes/kops/blob/master/nodeup/pkg/model/sysctls.go',
    seen: '2026-11',
    note: 'written by nodeup, also below what the image has',
  },
  {
    title: 'Gardener',
    known: { label: 'worker.gardener.cloud/pool' },
    value: 135_217_728,
    source:
      'https://github.com/gardener/gardener/blob/master/pkg/component/extensions/operatingsystemconfig/original/components/kernelconfig/component.go',
    seen: '2026-11',
  },
  {
    title: 'OpenShift 4',
    known: { label: 'node.openshift.io/os_id' },
    value: 262_144,
    source: 'https://github.com/redhat-performance/tuned/blob/master/profiles/openshift/tuned.conf',
    seen: '2026-11',
    note: 'set by TuneD',
  },
  {
    title: 'Amazon Linux 2023 of EKS',
    known: { osImage: /^Amazon Linux 2023/, kubelet: /-eks-/ },
    value: 524_288,
    source: 'https://github.com/awslabs/amazon-eks-ami/blob/main/templates/al2023/runtime/rootfs/etc/sysctl.conf',
    seen: '2026-11',
  },
  {
    title: 'Amazon Linux 2 of EKS',
    known: { osImage: /^Amazon Linux 2$/, kubelet: /-eks-/ },
    value: 524_288,
    source: 'https://github.com/awslabs/amazon-eks-ami/pull/589',
    seen: '2026-11',
    note: 'images since December 2020',
  },
  {
    title: 'Bottlerocket',
    known: { osImage: /^Bottlerocket/ },
    value: 524_288,
    source: BOTTLEROCKET,
    seen: '2026-11',
    note: '1048576 in images with the change of February 2026; the lower number is taken for all',
  },
  {
    title: 'Azure Linux 3',
    known: { osImage: /Azure Linux 3/ },
    value: 1_048_576,
    source: AKS,
    seen: '2026-11',
  },
  { title: 'Ubuntu 22.04', known: { osImage: /^Ubuntu 22\.04/ }, value: 65_530, source: AKS, seen: '2026-11' },
  {
    title: 'Ubuntu 24.04',
    known: { osImage: /^Ubuntu 24\.04/ },
    value: 1_048_576,
    source: 'https://bugs.launchpad.net/ubuntu/+source/procps/+bug/2057792',
    seen: '2026-11',
  },
  {
    title: 'Debian 11 and 12',
    known: { osImage: /^Debian GNU\/Linux 1[12]\b/ },
    value: 65_530,
    source: OPENSEARCH,
    seen: '2026-11',
  },
  {
    title: 'Debian 13',
    known: { osImage: /^Debian GNU\/Linux 13\b/ },
    value: 1_048_576,
    source: OPENSEARCH,
    seen: '2026-11',
  },
  {
    title: 'Fedora 39 and newer',
    known: { osImage: /^Fedora (?:Linux|CoreOS) (?:39|[4-9]\d)\b/ },
    value: 1_048_576,
    source: FEDORA,
    seen: '2026-11',
  },
  {
    title: 'Red Hat Enterprise Linux 10',
    known: { osImage: /^Red Hat Enterprise Linux 10\b/ },
    value: 1_048_576,
    source: BOTTLEROCKET,
    seen: '2026-11',
    note: 'read on a running machine by the author of that change',
  },
  {
    title: 'AlmaLinux 10',
    known: { osImage: /^AlmaLinux 10\b/ },
    value: 1_048_576,
    source: OPENSEARCH,
    seen: '2026-11',
  },
  {
    title: 'Talos Linux',
    known: { osImage: /^Talos\b/ },
    value: 65_530,
    source: 'https://github.com/siderolabs/talos/tree/ad8823176',
    seen: '2026-11',
    note: 'the kernel’s default: its tree sets none; `machine.sysctls` does',
  },
  {
    title: 'VMware Photon OS',
    known: { osImage: /^VMware Photon/ },
    value: 65_530,
    source: 'https://github.com/vmware/photon/issues/590',
    seen: '2026-11',
    note: 'the kernel’s default, by the answer of 2017',
  },
];
