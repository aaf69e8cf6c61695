import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { outputOf, run } from '../process/run.ts';
import { versionOf } from '../programs/versions.ts';

/** The parts of a MutatingWebhookConfiguration that are touched here; everything else passes through. */
export interface WebhookConfiguration {
  readonly kind: 'MutatingWebhookConfiguration';
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly WebhookEntry[];
}

/** One webhook of a configuration. */
export interface WebhookEntry {
  readonly name: string;
  readonly clientConfig: {
    readonly service?: { readonly path: string };
    readonly url?: string;
    readonly caBundle?: string;
  };
  readonly rules?: readonly {
    readonly operations: readonly string[];
    readonly apiGroups: readonly string[];
    readonly apiVersions: readonly string[];
    readonly resources: readonly string[];
    readonly scope?: string;
  }[];
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly matchConditions?: readonly MatchCondition[];
  readonly failurePolicy?: string;
  readonly reinvocationPolicy?: string;
  readonly timeoutSeconds?: number;
}

/** A label selector as Kubernetes objects hold it; all of it must hold, so an empty one selects everything. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelRequirement[];
}

/** One requirement of a label selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** The labels of an object. */
export type Labels = Readonly<Record<string, string>>;

/** One of the expressions that decide whether a webhook is called. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** Where the server is. */
export interface ServerAddress {
  /** Its base URL; each entry keeps the path that the chart gives it. */
  readonly url: string;
  /** The PEM of the authority that signed its certificate. */
  readonly authority: string;
}

/** What to render, and where the server is. */
export interface RenderOptions extends ServerAddress {
  readonly helm: string;
  /** Chart values as `--set` takes them: `webhook.failurePolicy=Fail`. */
  readonly set?: readonly string[];
  /** Files of chart values: a preset. */
  readonly values?: readonly string[];
  /** The release name, which is part of the configuration's name. */
  readonly release?: string;
}

/** The namespace that the chart is rendered for, whose pods the webhook never sees. */
export const RELEASE_NAMESPACE = 'max-map-count-webhook';

const MANIFEST = new URL('../../deploy/install.yaml', import.meta.url);
const CHART = fileURLToPath(new URL('../../charts/max-map-count-webhook', import.meta.url));

/** The chart's configuration for pods as it is, except that it calls a URL instead of a Service. */
export async function renderWebhookConfiguration(options: RenderOptions): Promise<WebhookConfiguration> {
  return first(await renderWebhookConfigurations(options));
}

/** All that the chart renders, as above: the one for pods comes first, the one that warns after it. */
export async function renderWebhookConfigurations(options: RenderOptions): Promise<WebhookConfiguration[]> {
  const { helm, url, authority, set = [], values: files = [], release = 'max-map-count-webhook' } = options;
  const args = ['template', release, CHART, '--namespace', RELEASE_NAMESPACE, '--kube-version'];
  const values = ['tls.mode=helm', ...set].flatMap((value) => ['--set', value]);
  const presets = files.flatMap((file) => ['--values', file]);
  const rendered = outputOf(await run(helm, [...args, versionOf('kubernetes'), ...presets, ...values]));
  return configurationsIn(rendered, { url, authority });
}

/** The same for machines without helm: as deploy/install.yaml has it, which is rendered from the chart. */
export async function readWebhookConfiguration(address: ServerAddress): Promise<WebhookConfiguration> {
  return first(configurationsIn(await readFile(MANIFEST, 'utf8'), address));
}

function configurationsIn(manifests: string, { url, authority }: ServerAddress): WebhookConfiguration[] {
  const objects = parseAllDocuments(manifests).map((document): unknown => document.toJS());
  return objects
    .filter(isWebhookConfiguration)
    .sort((one, other) => one.metadata.name.length - other.metadata.name.length)
    .map((one) => ({ ...one, webhooks: one.webhooks.map((entry) => atUrl(entry, url, authority)) }));
}

function first([configuration]: readonly WebhookConfiguration[]): WebhookConfiguration {
  if (configuration === undefined) throw new Error('the chart renders no MutatingWebhookConfiguration');
  return configuration;
}

function isWebhookConfiguration(object: unknown): object is WebhookConfiguration {
  return (
    typeof object === 'object' && object !== null && 'kind' in object && object.kind === 'MutatingWebhookConfiguration'
  );
}

function atUrl(entry: WebhookEntry, url: string, authority: string): WebhookEntry {
  const path = entry.clientConfig.service?.path;
  if (path === undefined) throw new Error(`the chart's webhook ${entry.name} has no clientConfig.service.path`);
  return { ...entry, clientConfig: { url: `${url}${path}`, caBundle: Buffer.from(authority).toString('base64') } };
}
