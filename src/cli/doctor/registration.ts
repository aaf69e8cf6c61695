import type { AllowedStrategy } from '../../core/decision.ts';
import { get, type JsonObject, objects, strings, text, textMap } from '../../core/json.ts';
import { selects } from '../../core/label-selector.ts';

/** One webhook of a MutatingWebhookConfiguration, anybody's, as far as it decides who waits for it. */
export interface Webhook {
  /** The configuration that it stands in. */
  readonly configuration: string;
  readonly name: string;
  readonly url: string | undefined;
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
  readonly failurePolicy: string;
  readonly timeoutSeconds: number;
  readonly namespaceSelector: unknown;
  readonly objectSelector: unknown;
  readonly matchConditions: readonly JsonObject[];
  readonly seesPods: boolean;
}

/** One webhook of ours. */
export interface Entry extends Webhook {
  readonly strategy: AllowedStrategy;
  /** PEM, decoded; empty when nobody has filled it in. */
  readonly caBundle: string;
}

/** A MutatingWebhookConfiguration of ours that pods may come to. */
export interface Registration {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** As the API server has it. */
  readonly object: JsonObject;
}

const PATH = /^\/mutate\/(init-container|node-affinity|none)$/;

/** What the chart calls itself, in the label that all its objects carry. */
export const CHART_NAME = 'max-map-count-webhook';

/**
 * The configurations of ours among all: by the chart's label or by the paths that they call. The one that only warns
 * the authors of workloads decides nothing and is left out.
 */
export function registrationsIn(configurations: readonly JsonObject[]): Registration[] {
  return configurations.flatMap((object) => {
    const metadata = get(object, 'metadata');
    const name = text(metadata, 'name') ?? '';
    const webhooks = objects(object, 'webhooks');
    const entries = webhooks.flatMap((webhook) => entryOf(name, webhook) ?? []);
    const onlyWarns = webhooks.length > 0 && webhooks.every((webhook) => pathOf(webhook) === '/warn');
    const isLabelled = textMap(metadata, 'labels').get('app.kubernetes.io/name') === CHART_NAME;
    const isOurs = entries.length > 0 || (isLabelled && !onlyWarns);
    return isOurs ? [{ name, entries, object }] : [];
  });
}

/** Every webhook of all configurations. */
export function webhooksIn(configurations: readonly JsonObject[]): Webhook[] {
  return configurations.flatMap((object) => {
    const name = text(get(object, 'metadata'), 'name') ?? '';
    return objects(object, 'webhooks').map((webhook) => webhookOf(name, webhook));
  });
}

function pathOf(webhook: JsonObject): string | undefined {
  const client = get(webhook, 'clientConfig');
  const url = text(client, 'url');
  return url === undefined ? text(get(client, 'service'), 'path') : URL.parse(url)?.pathname;
}

function entryOf(configuration: string, webhook: JsonObject): Entry | undefined {
  const strategy = PATH.exec(pathOf(webhook) ?? '')?.[1] as AllowedStrategy | undefined;
  if (strategy === undefined) return undefined;
  const caBundle = text(get(webhook, 'clientConfig'), 'caBundle') ?? '';
  return {
    ...webhookOf(configuration, webhook),
    strategy,
    caBundle: Buffer.from(caBundle, 'base64').toString('utf8'),
  };
}

function webhookOf(configuration: string, webhook: JsonObject): Webhook {
  const client = get(webhook, 'clientConfig');
  const service = get(client, 'service');
  const timeout = get(webhook, 'timeoutSeconds');
  return {
    configuration,
    name: text(webhook, 'name') ?? '',
    url: text(client, 'url'),
    service: service ? { namespace: text(service, 'namespace') ?? '', name: text(service, 'name') ?? '' } : undefined,
    failurePolicy: text(webhook, 'failurePolicy') ?? 'Fail',
    timeoutSeconds: typeof timeout === 'number' ? timeout : 10,
    namespaceSelector: get(webhook, 'namespaceSelector'),
    objectSelector: get(webhook, 'objectSelector'),
    matchConditions: objects(webhook, 'matchConditions'),
    seesPods: objects(webhook, 'rules').some(isForNewPods),
  };
}

function isForNewPods(rule: JsonObject): boolean {
  const has = (key: string, ...wanted: string[]) => strings(rule, key).some((name) => wanted.includes(name));
  return (
    has('operations', 'CREATE', '*') &&
    has('apiGroups', '', '*') &&
    has('apiVersions', 'v1', '*') &&
    has('resources', 'pods', '*', '*/*') &&
    text(rule, 'scope') !== 'Cluster'
  );
}

/** Whether the API server calls a webhook for pods without labels of a namespace with these labels. */
export function seesOrdinaryPods(webhook: Webhook, labels: ReadonlyMap<string, string>): boolean {
  const { seesPods, namespaceSelector, objectSelector } = webhook;
  return seesPods && selects(namespaceSelector, labels) && selects(objectSelector, new Map());
}

/** The entry that the API server calls for a pod of a namespace with these labels; undefined when none is. */
export function entryFor(
  registrations: readonly Registration[],
  labels: ReadonlyMap<string, string>,
): Entry | undefined {
  const entries = registrations.flatMap((registration) => registration.entries);
  return entries.find(({ seesPods, namespaceSelector }) => seesPods && selects(namespaceSelector, labels));
}

/** All entries of some registrations. */
export function entriesOf(registrations: readonly Registration[]): Entry[] {
  return registrations.flatMap(({ entries }) => entries);
}
