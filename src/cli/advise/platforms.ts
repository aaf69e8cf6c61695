import type { JsonObject } from '../../core/json.ts';
import { isOfKind } from '../node-estimate.ts';
import type { NodeImage } from '../node-images.ts';

/** A kind of cluster that the chart has something for. */
export interface Platform {
  readonly title: string;
  readonly known: NodeImage['known'];
  /** The chart's preset. */
  readonly preset?: string;
  /** What that preset sets as `config.nodes.guaranteed`. */
  readonly guaranteed?: number;
  /** What its API server enforces in namespaces without a label of their own. */
  readonly enforces?: 'baseline' | 'restricted';
  /** Where no pod gets a privileged container, whatever its namespace says. */
  readonly refuses?: string;
  /** The platform has means of its own to raise the value; the DaemonSet of the chart is the second choice. */
  readonly hasMeans?: true;
  /** The page about it in docs/clusters. */
  readonly page: string;
}

/** The first that a node fits is the cluster's. */
export const PLATFORMS: readonly Platform[] = [
  {
    title: 'Gardener',
    known: { label: 'worker.gardener.cloud/pool' },
    preset: 'gardener',
    guaranteed: 135_217_728,
    hasMeans: true,
    page: 'gardener.md',
  },
  {
    title: 'OpenShift',
    known: { label: 'node.openshift.io/os_id' },
    preset: 'openshift',
    guaranteed: 262_144,
    refuses: 'security context constraints',
    hasMeans: true,
    page: 'openshift.md',
  },
  {
    title: 'kOps',
    known: { label: 'kops.k8s.io/instancegroup' },
    preset: 'kops',
    guaranteed: 262_144,
    hasMeans: true,
    page: 'kops.md',
  },
  {
    title: 'Talos Linux',
    known: { osImage: /^Talos\b/ },
    preset: 'talos',
    enforces: 'baseline',
    hasMeans: true,
    page: 'talos.md',
  },
  { title: 'Tanzu', known: { kubelet: /\+vmware/ }, preset: 'tkg', enforces: 'restricted', page: 'tkg.md' },
  { title: 'EKS', known: { kubelet: /-eks-/ }, preset: 'eks', guaranteed: 524_288, hasMeans: true, page: 'eks.md' },
  { title: 'AKS', known: { label: 'kubernetes.azure.com/cluster' }, preset: 'aks', hasMeans: true, page: 'aks.md' },
  { title: 'GKE', known: { kubelet: /-gke\./ }, hasMeans: true, page: 'gke.md' },
  { title: 'RKE2', known: { kubelet: /\+rke2/ }, page: 'rke2-k3s.md' },
  { title: 'k3s', known: { kubelet: /\+k3s/ }, page: 'rke2-k3s.md' },
  { title: 'kind', known: { provider: /^kind:/ }, page: 'local.md' },
  { title: 'minikube', known: { label: 'minikube.k8s.io/name' }, page: 'local.md' },
];

/** What kind of cluster its nodes speak of; undefined when none of them does. */
export function platformOf(nodes: readonly JsonObject[]): Platform | undefined {
  return PLATFORMS.find(({ known }) => nodes.some((node) => isOfKind(node, known)));
}
