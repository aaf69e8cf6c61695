import { get, text, textMap } from '../core/json.ts';
import type { Kube, KubeAnswer } from '../kube.ts';

/** The field manager under which the label is written, so that it can be told from a label that somebody else set. */
export const FIELD_MANAGER = 'max-map-count-node-agent';

/** One label of one node. */
export interface NodeLabel {
  readonly kube: Kube;
  readonly node: string;
  readonly label: string;
}

/** What became of the label. */
export type Outcome = 'already right' | { readonly was: string | undefined };

/** The API server said no. `isFinal` when asking again will not help. */
export class Refused extends Error {
  readonly isFinal: boolean;
  constructor({ status, body }: KubeAnswer) {
    super(`${text(body, 'message') ?? 'no reason given'} (${status})`);
    this.isFinal = [400, 401, 403, 404, 422].includes(status);
  }
}

/** Makes the label say `value`, or removes it when that is undefined; writes only when something is to change. */
export async function setLabel({ kube, node, label }: NodeLabel, value: number | undefined): Promise<Outcome> {
  const path = `/api/v1/nodes/${encodeURIComponent(node)}`;
  const was = textMap(get(accepted(await kube.send({ path })), 'metadata'), 'labels').get(label);
  const wanted = value === undefined ? undefined : String(value);
  if (was === wanted) return 'already right';
  accepted(
    await kube.send({
      method: 'PATCH',
      path: `${path}?fieldManager=${FIELD_MANAGER}`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { [label]: wanted ?? null } } },
    }),
  );
  return { was };
}

function accepted(answer: KubeAnswer): unknown {
  if (answer.status > 299) throw new Refused(answer);
  return answer.body;
}
