import type { AllowedStrategy } from '../../core/decision.ts';
import { get, type JsonObject, objects, strings, text, textMap } from '../../core/json.ts';
import { selects } from './selector.ts';

/** One webhook of a registered configuration, as far as it decides anything. */
export interface Entry {
  readonly name: string;
  readonly strategy: AllowedStrategy;
  readonly url: string | undefined;
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
  /** PEM, decoded; empty when nobody has filled it in. */
  readonly caBundle: string;
  readonly failurePolicy: string;
  readonly timeoutSeconds: number;
  readonly namespaceSelector: unknown;
  readonly seesPods: boolean;
}

/** A MutatingWebhookConfiguration of ours that pods may come to. */
export interface Registration {
  readonly name: string;
  readonly entries: readonly Entry[];
}

const PATH = /^\/mutate\/(init-container|node-affinity|none)$/;
const CHART_NAME = 'max-map-count-webhook';

/**
 * The configurations of ours among all: by the chart's label or by the paths that they call. The one that only warns
 * the authors of workloads decides nothing and is left out.
 */
export function registrationsIn(configurations: readonly JsonObject[]): Registration[] {
  return configurations.flatMap((configuration) => {
    const metadata = get(configuration, 'metadata');
    const webhooks = objects(configuration, 'webhooks');
    const entries = webhooks.flatMap((webhook) => entryOf(webhook) ?? []);
    const onlyWarns = webhooks.length > 0 && webhooks.every((webhook) => pathOf(webhook) === '/warn');
    const isLabelled = textMap(metadata, 'labels').get('app.kubernetes.io/name') === CHART_NAME;
    const isOurs = entries.length > 0 || (isLabelled && !onlyWarns);
    return isOurs ? [{ name: text(metadata, 'name') ?? '', entries }] : [];
  });
}

function pathOf(webhook: JsonObject): string | undefined {
  const client = get(webhook, 'clientConfig');
  const url = text(client, 'url');
  return url === undefined ? text(get(client, 'service'), 'path') : URL.parse(url)?.pathname;
}

function entryOf(webhook: JsonObject): Entry | undefined {
  const client = get(webhook, 'clientConfig');
  const service = get(client, 'service');
  const url = text(client, 'url');
  const strategy = PATH.exec(pathOf(webhook) ?? '')?.[1] as AllowedStrategy | undefined;
  if (strategy === undefined) return undefined;
  const timeout = get(webhook, 'timeoutSeconds');
  return {
    name: text(webhook, 'name') ?? '',
    strategy,
    url,
    service: service ? { namespace: text(service, 'namespace') ?? '', name: text(service, 'name') ?? '' } : undefined,
    caBundle: Buffer.from(text(client, 'caBundle') ?? '', 'base64').toString('utf8'),
    failurePolicy: text(webhook, 'failurePolicy') ?? 'Fail',
    timeoutSeconds: typeof timeout === 'number' ? timeout : 10,
    namespaceSelector: get(webhook, 'namespaceSelector'),
    seesPods: objects(webhook, 'rules').some((rule) => {
      const names = (key: string, wanted: string) => [wanted, '*'].some((name) => strings(rule, key).includes(name));
      return names('operations', 'CREATE') && names('resources', 'pods');
    }),
  };
}

/** The entry that the API server calls for a pod of a namespace with these labels; undefined when none is. */
export function entryFor(
  registrations: readonly Registration[],
  labels: ReadonlyMap<string, string>,
): Entry | undefined {
  const entries = registrations.flatMap((registration) => registration.entries);
  return entries.find(({ seesPods, namespaceSelector }) => seesPods && selects(namespaceSelector, labels));
}
