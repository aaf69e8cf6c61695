import { get, type JsonObject, objects, text } from '../../core/json.ts';
import type { Kube } from '../../kube.ts';
import { FIELD_MANAGER } from '../../node-agent/node-label.ts';
import { refusalText } from '../cluster.ts';
import { type Consent, clusterLine, isConfirmed } from '../confirm.ts';
import { EXIT } from '../failure.ts';
import type { Io } from '../io.ts';
import { nodeName, nodeValue } from '../node.ts';

/**
 * Removes the label from every node where the node agent set it, after naming the cluster and asking; a label of somebody
 * else's stays.
 */
export async function clean(kube: Kube, nodes: readonly JsonObject[], label: string, run: Cleaning): Promise<number> {
  const { io, consent } = run;
  const labelled = nodes.filter((node) => nodeValue(node, label) !== null);
  const ours = labelled.filter((node) => isAgents(node, label)).map(nodeName);
  for (const node of labelled.filter((candidate) => !isAgents(candidate, label))) {
    io.stderr.write(`node/${nodeName(node)}: left as it is, the node agent did not set ${label}\n`);
  }
  if (ours.length === 0) {
    io.stderr.write(`${clusterLine(kube)}: no node has a label that the node agent set\n`);
    return EXIT.ok;
  }
  const nodesOf = ours.length === 1 ? `node ${ours[0]}` : `${ours.length} nodes (${ours.join(', ')})`;
  io.stderr.write(`${clusterLine(kube)}\n`);
  if (!(await isConfirmed(io, consent, `Remove the label ${label} from ${nodesOf}?`))) {
    io.stderr.write('nothing was changed\n');
    return EXIT.error;
  }
  return await unlabel(kube, ours, label, run);
}

interface Cleaning {
  readonly io: Io;
  readonly consent: Consent;
}

async function unlabel(kube: Kube, names: readonly string[], label: string, run: Cleaning): Promise<number> {
  const { stdout, stderr } = run.io;
  const { dryRun } = run.consent;
  let failed = 0;
  for (const name of names) {
    const { status, body } = await kube.send({
      method: 'PATCH',
      path: `/api/v1/nodes/${encodeURIComponent(name)}${dryRun ? '?dryRun=All' : ''}`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { [label]: null } } },
    });
    if (status > 299) failed += 1;
    if (status > 299) stderr.write(`node/${name}: ${refusalText(status, body)}\n`);
    else stdout.write(`node/${name} unlabeled${dryRun ? ' (server dry run)' : ''}\n`);
  }
  return failed > 0 ? EXIT.error : EXIT.ok;
}

function isAgents(node: JsonObject, label: string): boolean {
  return objects(get(node, 'metadata'), 'managedFields').some((entry) => {
    const labels = get(get(get(entry, 'fieldsV1'), 'f:metadata'), 'f:labels');
    return text(entry, 'manager') === FIELD_MANAGER && get(labels, `f:${label}`) !== undefined;
  });
}
