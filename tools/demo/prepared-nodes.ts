import { fileURLToPath } from 'node:url';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { Kubectl } from '../control-plane/kubectl.ts';
import { eventually } from '../process/eventually.ts';
import { outputOf, run } from '../process/run.ts';
import { EXAMPLE, EXAMPLE_FILE } from './example.ts';
import type { Pod } from './stage.ts';
import { heading, indented } from './terminal.ts';
import { ANNOTATION } from './verdict.ts';

type PlacedPod = Pod & { readonly spec: { readonly nodeName?: string; readonly affinity?: object } };

const LABEL = 'max-map-count.io/value';
const NODES = { ordinary: '65530', prepared: '262144' };
const NAMESPACE = 'restricted';
const DEPLOYMENTS = ['elk-deployment', 'nginx-deployment'];
const REPLICAS = 4;
const SECONDS = 30;

/** Shows that the example's pods find the prepared one of two nodes, in a namespace that forbids the init container. */
export async function showPreparedNodes({ kubectl, kubeconfig }: ControlPlane): Promise<string[]> {
  const typed = async (...args: string[]) => {
    indented(`$ kubectl ${args.join(' ')}`, 'cyan');
    const result = await kubectl(args);
    indented(outputOf(result));
    if (result.stderr.trim() !== '') indented(result.stderr, 'yellow');
  };

  heading(4, 'Two nodes without machines, labelled as the node agent of the chart would label them');
  await makeNodes(kubectl);
  await typed('get', 'nodes', '--label-columns', LABEL);

  heading(5, 'The ELK Deployment, unchanged, in a namespace that forbids privileged containers');
  const enforce = { 'pod-security.kubernetes.io/enforce': 'baseline' };
  await apply(kubectl, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: enforce } });
  indented(`$ kubectl apply --namespace ${NAMESPACE} -f ${EXAMPLE}`, 'cyan');
  indented(outputOf(await kubectl(['apply', '--namespace', NAMESPACE, '-f', EXAMPLE_FILE])));
  indented('One pod could be lucky, so:');
  await typed('scale', '--namespace', NAMESPACE, `--replicas=${REPLICAS}`, 'deployment', ...DEPLOYMENTS);

  heading(6, 'Where the scheduler puts the pods');
  const pods = await placedPods(kubectl);
  const columns = `POD:.metadata.name,NODE:.spec.nodeName,APPLIED:.metadata.annotations.${ANNOTATION.replaceAll('.', '\\.')}`;
  await typed('get', 'pods', '--namespace', NAMESPACE, '--output', `custom-columns=${columns}`);
  indented('$ kubectl max-map-count nodes', 'cyan');
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  indented(outputOf(await run(process.execPath, [cli, 'nodes'], { env: { KUBECONFIG: kubeconfig } })));
  return pods.flatMap(problemsOf);
}

/** Prints how to look around in a demo that goes on. */
export function showKeptNodes({ kubeconfig }: ControlPlane, kubectl: string): void {
  heading(7, 'Look around');
  indented('The control plane and the webhook go on. In another terminal:');
  indented(`export KUBECONFIG=${kubeconfig}`, 'cyan');
  indented(`${kubectl} get pods --namespace ${NAMESPACE} --output wide`, 'cyan');
  indented(
    'No kubelet speaks for the nodes, so that they count as lost after a minute, and their pods after some more.',
  );
  indented('Ctrl-C here stops every process and removes the temporary directory.');
}

async function makeNodes(kubectl: Kubectl): Promise<void> {
  const now = new Date().toISOString();
  const ready = { type: 'Ready', status: 'True', reason: 'Demo', lastHeartbeatTime: now, lastTransitionTime: now };
  const capacity = { cpu: '8', memory: '32Gi', pods: '110' };
  const status = JSON.stringify({ status: { conditions: [ready], capacity, allocatable: capacity } });
  for (const [name, value] of Object.entries(NODES)) {
    await apply(kubectl, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [LABEL]: value } } });
    outputOf(await kubectl(['patch', 'node', name, '--subresource=status', '--patch', status]));
  }
  // The API server taints every new node; the controller manager takes that back once it has seen that it is ready.
  const areOpen = async () => {
    const taints = outputOf(await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[*].spec.taints[*].key}']));
    if (taints !== '') throw new Error(`there are taints: ${taints}`);
  };
  await eventually('waiting until pods can be put on the nodes', areOpen, { seconds: SECONDS });
}

async function placedPods(kubectl: Kubectl): Promise<PlacedPod[]> {
  const look = async () => {
    const list = outputOf(await kubectl(['get', 'pods', '--namespace', NAMESPACE, '-o', 'json']));
    const { items } = JSON.parse(list) as { items: PlacedPod[] };
    const placed = items.filter(({ spec }) => spec.nodeName !== undefined);
    const expected = REPLICAS * DEPLOYMENTS.length;
    if (placed.length < expected) throw new Error(`${placed.length} of ${expected} pods are on a node`);
    return placed;
  };
  return eventually('waiting for the scheduler', look, { seconds: SECONDS });
}

function problemsOf({ metadata: { name, labels, annotations }, spec }: PlacedPod): string[] {
  const applied = annotations?.[ANNOTATION];
  if (labels?.app !== 'elk') return applied === undefined ? [] : [`pod ${name}: has the annotation ${ANNOTATION}`];
  return [
    ...(spec.nodeName === 'prepared' ? [] : [`pod ${name}: is on node ${spec.nodeName}`]),
    ...(spec.initContainers === undefined ? [] : [`pod ${name}: has an init container`]),
    ...(applied === 'node-affinity=262144'
      ? []
      : [`pod ${name}: the annotation ${ANNOTATION} is ${applied ?? 'missing'}`]),
  ];
}

async function apply(kubectl: Kubectl, object: object): Promise<void> {
  outputOf(await kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) }));
}
