import type { AllowedStrategy } from '../../core/decision.ts';
import { get, type JsonObject, text, textMap } from '../../core/json.ts';
import type { Settings } from '../../core/settings.ts';
import { SYSTEM_NAMESPACES } from '../../core/system-namespaces.ts';
import type { Kube } from '../../kube.ts';
import { listAll, read } from '../cluster.ts';
import { attempt } from './attempt.ts';
import { endpointsOf, ownPodsOf, servedBy } from './backends.ts';
import type { Attempt } from './check-result.ts';
import { type InForce, type RenderedConfiguration, renderedConfigurations, settingsIn } from './in-force.ts';
import type { OwnPod } from './own-pods.ts';
import { ownPolicies } from './own-policies.ts';
import { type Probe, probe } from './probe.ts';
import {
  type Entry,
  entriesOf,
  entryFor,
  type Registration,
  registrationsIn,
  seesOrdinaryPods,
  type Webhook,
  webhooksIn,
} from './registration.ts';
import { RIGHTS } from './rights.ts';
import type { Served } from './served-certificate.ts';
import { type Sweep, sweep } from './sweep.ts';

type Labels = ReadonlyMap<string, string>;

/** What says whether the webhook works, read from the cluster once. */
export interface WebhookSurvey {
  /** Where the probe was tried. */
  readonly namespace: string;
  /** The only namespace to look at; undefined for all. */
  readonly only: string | undefined;
  /** What the webhook goes by, as far as it is known. */
  readonly settings: Settings;
  /** Where that was read. */
  readonly inForce: Attempt<InForce>;
  readonly rendered: Attempt<readonly RenderedConfiguration[]>;
  readonly registrations: Attempt<readonly Registration[]>;
  /** Policies of ours in the place of a webhook; asked for only where there is no webhook. */
  readonly policies: Attempt<readonly string[]>;
  /** Everybody's webhooks that are called for ordinary pods of the namespace. */
  readonly callers: Attempt<readonly Webhook[]>;
  readonly probe: Attempt<Probe>;
  /** The probe in a namespace without a Pod Security level; undefined where none was found or needed. */
  readonly unlabelledProbe: { readonly namespace: string; readonly outcome: Attempt<Probe> } | undefined;
  /** By URL. */
  readonly served: ReadonlyMap<string, Served>;
  /** How many endpoints are ready, by `namespace/service`. */
  readonly endpoints: ReadonlyMap<string, Attempt<number>>;
  /** The webhook's own pods, by namespace. */
  readonly ownPods: ReadonlyMap<string, Attempt<readonly OwnPod[]>>;
  /** The labels of each namespace. */
  readonly namespaces: Attempt<ReadonlyMap<string, Labels>>;
}

/** Everything that the checks look at. */
export interface Survey extends WebhookSurvey {
  readonly pods: Attempt<Sweep>;
  readonly nodes: Attempt<readonly JsonObject[]>;
}

/** What to survey. */
export interface SurveyOptions {
  readonly only: string | undefined;
  /** The most pods to look at. */
  readonly limit: number;
  /** Those of the configuration file of `--config`; else the defaults, for where the cluster's cannot be read. */
  readonly settings: Settings;
  readonly isGiven: boolean;
  readonly progress: (line: string) => void;
}

const ALL = { limit: Number.MAX_SAFE_INTEGER };
/** The label of a namespace that Pod Security goes by. */
export const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** Reads what says whether the webhook works. */
export async function surveyWebhook(
  kube: Kube,
  { only, settings, isGiven }: Pick<SurveyOptions, 'only' | 'settings' | 'isGiven'>,
): Promise<WebhookSurvey> {
  const namespace = only ?? kube.namespace;
  const configurations = await attempt('list mutatingwebhookconfigurations', RIGHTS.registrations, async () => {
    return (await listAll(kube, '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', ALL)).items;
  });
  const namespaces = await attempt(
    only ? `get namespace ${only}` : 'list namespaces',
    only ? RIGHTS.namespace : RIGHTS.namespaces,
    () => namespacesOf(kube, only),
  );
  const registrations = after(configurations, registrationsIn);
  const labels = labelsOf(namespaces, namespace);
  const callers = after(configurations, (all) => webhooksIn(all).filter((each) => seesOrdinaryPods(each, labels)));
  const entries = registrations.ok ? entriesOf(registrations.value) : [];
  const probed = await probeIn(kube, namespace);
  const isMissing = registrations.ok && registrations.value.length === 0;
  const policies = await attempt('list mutatingadmissionpolicies', RIGHTS.policies, async () => {
    return isMissing ? ownPolicies(kube) : [];
  });
  const rendered = await renderedConfigurations(kube, entries);
  const given: Attempt<InForce> = { ok: true, value: { settings, source: undefined } };
  const inForce = isGiven ? given : rendered.ok ? settingsIn(rendered.value, settings) : rendered;
  return {
    ...{ namespace, only, registrations, policies, callers, namespaces, rendered, inForce },
    settings: inForce.ok ? inForce.value.settings : settings,
    probe: probed,
    unlabelledProbe: await probeUnlabelled(kube, { namespace, outcome: probed }, entries, namespaces),
    served: await servedBy(entries),
    endpoints: await endpointsOf(kube, [...entries, ...(callers.ok ? callers.value : [])]),
    ownPods: await ownPodsOf(kube, entries),
  };
}

/** Reads everything; what may not be read becomes the reason why a check cannot be made. */
export async function survey(kube: Kube, options: SurveyOptions, webhook: WebhookSurvey): Promise<Survey> {
  const { only, limit, progress } = options;
  const { settings } = webhook;
  const nodes = await attempt(
    'list nodes',
    RIGHTS.nodes,
    async () => (await listAll(kube, '/api/v1/nodes', ALL)).items,
  );
  const path = only ? `/api/v1/namespaces/${encodeURIComponent(only)}/pods` : '/api/v1/pods';
  const strategyFor = (namespace: string) => strategyIn(namespace, webhook);
  const pods = await attempt(`list pods in ${only ? `namespace ${only}` : 'all namespaces'}`, RIGHTS.pods, () =>
    sweep(kube, { path, limit, settings, strategyFor, progress }),
  );
  return { ...webhook, nodes, pods };
}

function after<T, R>(answer: Attempt<T>, make: (value: T) => R): Attempt<R> {
  return answer.ok ? { ok: true, value: make(answer.value) } : answer;
}

// Every namespace has this one from the API server, whoever may read it.
function labelsOf(namespaces: Attempt<ReadonlyMap<string, Labels>>, namespace: string): Labels {
  const known = namespaces.ok ? namespaces.value.get(namespace) : undefined;
  return known ?? new Map([['kubernetes.io/metadata.name', namespace]]);
}

// Where the webhook is not registered, or namespaces cannot be read, what it does by default counts.
function strategyIn(namespace: string, { registrations, namespaces }: WebhookSurvey): AllowedStrategy | undefined {
  if (SYSTEM_NAMESPACES.includes(namespace)) return undefined;
  const labels = namespaces.ok ? namespaces.value.get(namespace) : undefined;
  if (!labels || !registrations.ok || registrations.value.length === 0) return 'init-container';
  return entryFor(registrations.value, labels)?.strategy;
}

function probeIn(kube: Kube, namespace: string): Promise<Attempt<Probe>> {
  return attempt(`create pods in namespace ${namespace} (dry run)`, RIGHTS.probe, () => probe(kube, namespace));
}

// One is enough: the API server has one default for all namespaces without the label.
async function probeUnlabelled(
  kube: Kube,
  known: NonNullable<WebhookSurvey['unlabelledProbe']>,
  entries: readonly Entry[],
  namespaces: Attempt<ReadonlyMap<string, Labels>>,
): Promise<WebhookSurvey['unlabelledProbe']> {
  if (!namespaces.ok) return undefined;
  const privileged = entries.filter(({ strategy }) => strategy === 'init-container');
  const fits = (labels: Labels) => !labels.has(ENFORCE) && privileged.some((entry) => seesOrdinaryPods(entry, labels));
  if (fits(labelsOf(namespaces, known.namespace))) return known;
  const found = [...namespaces.value].find(([, labels]) => fits(labels))?.[0];
  return found === undefined ? undefined : { namespace: found, outcome: await probeIn(kube, found) };
}

async function namespacesOf(kube: Kube, only: string | undefined): Promise<Map<string, Labels>> {
  const found = only
    ? [await read(kube, `/api/v1/namespaces/${encodeURIComponent(only)}`)]
    : (await listAll(kube, '/api/v1/namespaces', ALL)).items;
  const named = found.map((namespace) => get(namespace, 'metadata'));
  return new Map(named.map((metadata) => [text(metadata, 'name') ?? '', textMap(metadata, 'labels')]));
}
