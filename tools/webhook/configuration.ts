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
}

/** What to render, and where the server is. */
export interface RenderOptions {
  readonly helm: string;
  /** The server's base URL; each entry keeps the path that the chart gives it. */
  readonly url: string;
  /** The PEM of the authority that signed the server's certificate. */
  readonly authority: string;
  /** Chart values as `--set` takes them: `webhook.failurePolicy=Fail`. */
  readonly set?: readonly string[];
  /** The release name, which is part of the configuration's name. */
  readonly release?: string;
}

/** The namespace that the chart is rendered for, whose pods the webhook never sees. */
export const RELEASE_NAMESPACE = 'max-map-count-webhook';

const CHART = fileURLToPath(new URL('../../charts/max-map-count-webhook', import.meta.url));

/** The chart's configuration for pods as it is, except that it calls a URL instead of a Service. */
export async function renderWebhookConfiguration(options: RenderOptions): Promise<WebhookConfiguration> {
  const [pods] = await renderWebhookConfigurations(options);
  if (pods === undefined) throw new Error('the chart renders no MutatingWebhookConfiguration');
  return pods;
}

/** All that the chart renders, as above: the one for pods comes first, the one that warns after it. */
export async function renderWebhookConfigurations(options: RenderOptions): Promise<WebhookConfiguration[]> {
  const { helm, url, authority, set = [], release = 'max-map-count-webhook' } = options;
  const args = ['template', release, CHART, '--namespace', RELEASE_NAMESPACE, '--kube-version'];
  const values = ['tls.mode=helm', ...set].flatMap((value) => ['--set', value]);
  const rendered = outputOf(await run(helm, [...args, versionOf('kubernetes'), ...values]));
  const objects = parseAllDocuments(rendered).map((document): unknown => document.toJS());
  return objects
    .filter(isWebhookConfiguration)
    .sort((one, other) => one.metadata.name.length - other.metadata.name.length)
    .map((one) => ({ ...one, webhooks: one.webhooks.map((entry) => atUrl(entry, url, authority)) }));
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
