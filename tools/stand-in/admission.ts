import { randomUUID } from 'node:crypto';
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { isObject, type JsonObject, textMap } from '../../src/core/json.ts';
import { selects } from '../../src/core/label-selector.ts';
import { plain } from '../../src/input/plain.ts';
import type { Labels, WebhookConfiguration, WebhookEntry } from '../webhook/configuration.ts';
import { callWebhook } from './call.ts';
import { evaluateConditions } from './match-conditions.ts';

/** A pod was refused; the message is the API server's reason. */
export class Refused extends Error {}

/** A request to create a pod, as far as it decides which webhooks are called. */
export interface CreateRequest {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly pod: JsonObject;
  readonly dryRun: boolean;
}

/** What the webhooks made of a pod. */
export interface Outcome {
  readonly pod: JsonObject;
  readonly warnings: readonly string[];
  /** The names of the entries that were called, in order. */
  readonly calls: readonly string[];
}

/** Called between the rounds: what other admission plugins do to a pod that has changed. */
type Reinvoke = (pod: JsonObject) => JsonObject;

/**
 * Lets every webhook see a new pod, in the order of the configuration, and asks those with IfNeeded once more when somebody
 * else changed the pod after them. https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export async function admit(
  { webhooks }: WebhookConfiguration,
  request: CreateRequest,
  reinvoke: Reinvoke = (pod) => pod,
): Promise<Outcome> {
  const warnings: string[] = [];
  const calls: string[] = [];
  const seen = new Map<WebhookEntry, string>();
  let { pod } = request;
  const visit = async (entry: WebhookEntry) => {
    if (!(await isCalled(entry, { ...request, pod }))) return;
    calls.push(entry.name);
    const answer = await answerOf(entry, { ...request, pod });
    pod = answer.pod;
    warnings.push(...answer.warnings);
    seen.set(entry, JSON.stringify(pod));
  };
  for (const entry of webhooks) await visit(entry);
  pod = reinvoke(pod);
  for (const [entry, before] of [...seen]) {
    if (entry.reinvocationPolicy === 'IfNeeded' && before !== JSON.stringify(pod)) await visit(entry);
  }
  return { pod, warnings: [...new Set(warnings)], calls };
}

async function isCalled(entry: WebhookEntry, request: CreateRequest): Promise<boolean> {
  const { rules = [], namespaceSelector = {}, objectSelector = {}, matchConditions = [] } = entry;
  const labels = textMap(request.pod.metadata, 'labels');
  if (!rules.some(isForNewPods)) return false;
  const namespaceLabels = new Map(Object.entries(request.namespaceLabels));
  if (!selects(namespaceSelector, namespaceLabels) || !selects(objectSelector, labels)) return false;
  const verdict = evaluateConditions(matchConditions, reviewOf(request));
  if (typeof verdict === 'boolean') return verdict;
  if (entry.failurePolicy !== 'Ignore') throw new Refused(`${entry.name}: match condition ${verdict}`);
  return false;
}

function isForNewPods({ operations, apiGroups, apiVersions, resources, scope = '*' }: Rule): boolean {
  const has = (values: readonly string[], ...wanted: string[]) => values.some((value) => wanted.includes(value));
  return (
    has(operations, '*', 'CREATE') &&
    has(apiGroups, '*', '') &&
    has(apiVersions, '*', 'v1') &&
    has(resources, '*', '*/*', 'pods') &&
    has([scope], '*', 'Namespaced')
  );
}

type Rule = NonNullable<WebhookEntry['rules']>[number];

async function answerOf(entry: WebhookEntry, request: CreateRequest): Promise<Pick<Outcome, 'pod' | 'warnings'>> {
  const { url = '', caBundle = '' } = entry.clientConfig;
  const target = {
    url,
    authority: Buffer.from(caBundle, 'base64').toString('utf8'),
    timeoutSeconds: entry.timeoutSeconds ?? 10,
  };
  const answer = await callWebhook(target, reviewOf(request)).catch((error: unknown) => {
    if (entry.failurePolicy === 'Ignore') return undefined;
    throw new Refused(`failed calling webhook "${entry.name}": ${plain(error)}`);
  });
  if (answer === undefined) return { pod: request.pod, warnings: [] };
  const { allowed, message, patch = [], warnings } = answer;
  if (!allowed) throw new Refused(`admission webhook "${entry.name}" denied the request: ${message}`);
  return { pod: patched(request.pod, patch as Operation[]), warnings };
}

/** A patch that does not apply refuses the pod, whatever the failure policy. */
function patched(pod: JsonObject, patch: Operation[]): JsonObject {
  try {
    return fastJsonPatch.applyPatch(structuredClone(pod), patch, true).newDocument;
  } catch (error) {
    throw new Refused(plain(error));
  }
}

function reviewOf({ namespace, pod, dryRun }: CreateRequest) {
  const kind = { group: '', version: 'v1', kind: 'Pod' };
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const { metadata } = pod;
  return {
    uid: randomUUID(),
    kind,
    resource,
    requestKind: kind,
    requestResource: resource,
    ...(isObject(metadata) && typeof metadata.name === 'string' && { name: metadata.name }),
    namespace,
    operation: 'CREATE',
    userInfo: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
    object: pod,
    oldObject: null,
    dryRun,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
  };
}
