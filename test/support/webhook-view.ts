// What a test reads about one webhook: how often it was called, and what it did to a pod.
import { get, isObject, type JsonObject, objects, text, textMap } from '../../src/core/json.ts';

/** How many reviews a running server has answered. */
export async function reviewsAnswered({ adminUrl }: { readonly adminUrl: string }): Promise<number> {
  return counted(adminUrl, 'max_map_count_webhook_reviews_total{');
}

/** How many of them were of pods whose template had been judged before. */
export async function reviewsRecalled({ adminUrl }: { readonly adminUrl: string }): Promise<number> {
  return counted(adminUrl, 'max_map_count_webhook_recalled_reviews_total ');
}

/** How many requests a webhook has refused without a review. */
export async function requestsRefused({ adminUrl }: { readonly adminUrl: string }): Promise<number> {
  return counted(adminUrl, 'max_map_count_webhook_rejected_total{');
}

async function counted(adminUrl: string, metric: string): Promise<number> {
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  const samples = metrics.split('\n').filter((line) => line.startsWith(metric));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** The names of a pod's init containers, in their order. */
export function initContainersOf(pod: JsonObject): string[] {
  return objects(pod.spec, 'initContainers').map((container) => text(container, 'name') ?? '');
}

/** The annotation that says what the webhook did to a pod. */
export function appliedTo(pod: JsonObject): string | undefined {
  return textMap(pod.metadata, 'annotations').get('max-map-count.io/applied');
}

/** A patched pod without its first init container and without our annotation. */
export function withoutOurs(pod: JsonObject): JsonObject {
  const { metadata, spec } = pod;
  const {
    'max-map-count.io/applied': _,
    // That of 1.30 writes the profile of our container here as well.
    'container.apparmor.security.beta.kubernetes.io/max-map-count': _profile,
    ...annotations
  } = objectAt(metadata, 'annotations');
  const { annotations: _1, ...restOfMetadata } = isObject(metadata) ? metadata : {};
  const { initContainers: _2, ...restOfSpec } = isObject(spec) ? spec : {};
  const others = objects(spec, 'initContainers').slice(1);
  return {
    ...pod,
    metadata: { ...restOfMetadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: { ...restOfSpec, ...(others.length > 0 && { initContainers: others }) },
  };
}

function objectAt(value: unknown, key: string): JsonObject {
  const found = get(value, key);
  return isObject(found) ? found : {};
}
