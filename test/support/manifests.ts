import type { Json, JsonObject } from '../../src/core/json.ts';

/** A container that the webhook takes for Elasticsearch. */
export const ELASTICSEARCH = {
  name: 'elasticsearch',
  image: 'docker.elastic.co/elasticsearch/elasticsearch:9.0.0',
};

/** A pod of one Elasticsearch container; `spec` and `metadata` add or replace fields. */
export function elasticsearch(
  name: string,
  { metadata = {}, spec = {} }: { readonly metadata?: Json; readonly spec?: Json } = {},
): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...Object(metadata) },
    spec: { containers: [ELASTICSEARCH], ...Object(spec) },
  };
}
