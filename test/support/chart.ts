import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { outputOf, type Result, run } from '../../tools/process/run.ts';

/** Where the chart lies. */
export const CHART = fileURLToPath(new URL('../../charts/max-map-count-webhook', import.meta.url));

/** A rendered or stored object, as far as the tests read every kind of it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** A MutatingWebhookConfiguration, as far as the tests read it. */
export interface WebhookConfiguration extends KubernetesObject {
  readonly webhooks: readonly {
    readonly name: string;
    readonly clientConfig: { readonly service: { readonly path: string }; readonly caBundle?: string };
    readonly namespaceSelector: {
      readonly matchLabels?: Readonly<Record<string, string>>;
      readonly matchExpressions: readonly LabelExpression[];
    };
  }[];
}

/** One requirement of a label selector. */
export interface LabelExpression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** A Deployment, as far as the tests read it. */
export interface Deployment extends KubernetesObject {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: { readonly containers: readonly { readonly image: string }[] };
    };
  };
}

/** The shape of a certificate, for charts that are rendered and not applied. */
export const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

/** Chart values as a values file holds them. */
export type Values = Readonly<Record<string, unknown>>;

/** What to call helm with. */
export interface HelmCall {
  /** The helm program. */
  readonly helm: string;
  readonly values?: Values;
  readonly release?: string;
  readonly namespace?: string;
  /** The cluster to act on; rendering needs none. */
  readonly kubeconfig?: string;
  /** More of helm's flags. */
  readonly flags?: readonly string[];
}

/** Values for tls.mode existingSecret. */
export function existingSecret(caBundle: string): Values {
  return { tls: { mode: 'existingSecret', existingSecret: { secretName: 'my-tls', caBundle } } };
}

/** Runs `helm VERB RELEASE CHART`; a refusal is a result, not an error. */
export function helm(verb: 'template' | 'install' | 'upgrade', call: HelmCall): Promise<Result> {
  const { values = {}, release = 'mmc', namespace = 'mmc-system', kubeconfig = '', flags = [] } = call;
  const args = [verb, release, CHART, '--namespace', namespace, '--values', '-', ...flags];
  // Rendered for their own sake, not to be applied: the objects of `helm test` are no part of a release.
  if (verb === 'template') args.push('--skip-tests');
  return run(call.helm, args, { input: JSON.stringify(values), env: { KUBECONFIG: kubeconfig } });
}

/** The objects that the chart renders. */
export async function render(call: HelmCall): Promise<KubernetesObject[]> {
  const documents = parseAllDocuments(outputOf(await helm('template', call)), { uniqueKeys: true });
  const faults = documents.flatMap(({ errors }) => errors);
  if (faults.length > 0) throw new AggregateError(faults, 'the chart renders YAML with faults');
  return documents.map((document) => document.toJS() as KubernetesObject);
}

/** What helm tells the user after an installation. */
export async function notes({ helm, values = {} }: Pick<HelmCall, 'helm' | 'values'>): Promise<string> {
  const args = ['install', 'mmc', CHART, '--dry-run=client', '--namespace', 'default', '--values', '-'];
  return outputOf(await run(helm, args, { input: JSON.stringify(values) })).split('NOTES:')[1] ?? '';
}

/** The only object of a kind; throws when there is none or more than one. */
export function only<T extends KubernetesObject>(objects: readonly KubernetesObject[], kind: string): T {
  const [found, ...others] = objects.filter((object) => object.kind === kind);
  if (found === undefined || others.length > 0)
    throw new Error(`expected one ${kind}, found ${found ? 'more' : 'none'}`);
  return found as T;
}
