import { get, type JsonObject, objects, text } from '../../core/json.ts';
import type { Kube } from '../../kube.ts';
import { FIELD_MANAGER } from '../../node-agent/node-label.ts';
import { refusalText } from '../cluster.ts';
import { EXIT } from '../failure.ts';
import type { Io } from '../io.ts';
import { nodeName, nodeValue } from '../node.ts';

/** Removes the label from every node where the node agent set it; a label of somebody else's stays. */
export async function clean(kube: Kube, nodes: readonly JsonObject[], label: string, io: Io): Promise<number> {
  let failed = 0;
  for (const node of nodes.filter((candidate) => nodeValue(candidate, label) !== null)) {
    const name = nodeName(node);
    if (!isAgents(node, label)) {
      io.stderr.write(`node/${name}: left as it is, the node agent did not set ${label}\n`);
      continue;
    }
    const { status, body } = await kube.send({
      method: 'PATCH',
      path: `/api/v1/nodes/${encodeURIComponent(name)}`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { [label]: null } } },
    });
    if (status > 299) failed += 1;
    if (status > 299) io.stderr.write(`node/${name}: ${refusalText(status, body)}\n`);
    else io.stdout.write(`node/${name} unlabeled\n`);
  }
  return failed > 0 ? EXIT.error : EXIT.ok;
}

function isAgents(node: JsonObject, label: string): boolean {
  return objects(get(node, 'metadata'), 'managedFields').some((entry) => {
    const labels = get(get(get(entry, 'fieldsV1'), 'f:metadata'), 'f:labels');
    return text(entry, 'manager') === FIELD_MANAGER && get(labels, `f:${label}`) !== undefined;
  });
}
