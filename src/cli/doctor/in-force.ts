import { parseConfig } from '../../config/config.ts';
import { get, text, textMap } from '../../core/json.ts';
import type { Settings } from '../../core/settings.ts';
import type { Kube } from '../../kube.ts';
import { listAll } from '../cluster.ts';
import { attempt } from './attempt.ts';
import type { Attempt } from './check-result.ts';
import { CHART_NAME, type Entry } from './registration.ts';
import { RIGHTS } from './rights.ts';

/** A configuration that the chart rendered. */
export interface RenderedConfiguration {
  readonly namespace: string;
  /** Of the ConfigMap. */
  readonly name: string;
  /** The content of its config.yaml. */
  readonly content: string;
}

// One per release.
const MOST = 20;

/** The configurations in the namespaces of the webhook's Services. */
export async function renderedConfigurations(
  kube: Kube,
  entries: readonly Pick<Entry, 'service'>[],
): Promise<Attempt<RenderedConfiguration[]>> {
  const found: RenderedConfiguration[] = [];
  for (const namespace of new Set(entries.flatMap(({ service }) => service?.namespace ?? []))) {
    const maps = await attempt(`list configmaps in namespace ${namespace}`, RIGHTS.configuration, async () => {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;
      return (await listAll(kube, path, { limit: MOST, labelSelector: `app.kubernetes.io/name=${CHART_NAME}` })).items;
    });
    if (!maps.ok) return maps;
    for (const map of maps.value) {
      const content = textMap(map, 'data').get('config.yaml');
      if (content !== undefined) found.push({ namespace, name: text(get(map, 'metadata'), 'name') ?? '', content });
    }
  }
  return { ok: true, value: found };
}

/** What the webhook goes by, and where that was read. */
export interface InForce {
  readonly settings: Settings;
  /** `ConfigMap max-map-count/max-map-count-webhook`; undefined when the defaults are taken. */
  readonly source: string | undefined;
}

/** The settings of the first configuration, which is the only one unless the webhook is installed twice. */
export function settingsIn(configurations: readonly RenderedConfiguration[], defaults: Settings): Attempt<InForce> {
  const [first] = configurations;
  if (!first) return { ok: true, value: { settings: defaults, source: undefined } };
  const source = `ConfigMap ${first.namespace}/${first.name}`;
  const parsed = parseConfig(first.content, source);
  if (parsed.ok) return { ok: true, value: { settings: parsed.config.settings, source } };
  return { ok: false, problem: `${source} is of another version or broken: ${parsed.problems[0] ?? ''}` };
}
