import type { JsonObject } from '../../src/core/json.ts';
import type { Labels, WebhookConfiguration } from '../webhook/configuration.ts';
import { admit, type Outcome } from './admission.ts';
import { withDefaults } from './defaults.ts';

/**
 * Plays the API server's part for pods that are created: it adds defaults, decides from the configuration which webhooks
 * are called, calls them over TLS, and applies what they answer. It stores nothing, and it does not validate: whether the
 * API server would take the result, only the API server knows.
 */
export interface StandIn {
  /** Creates a pod; rejects with a `Refused` when a webhook, or the failure to call it, refuses it. */
  createPod(namespace: string, pod: object, options?: { readonly dryRun?: boolean }): Promise<Outcome>;
}

/** Creates a stand-in that knows some namespaces by their labels; every namespace has the label with its own name. */
export function createStandIn(configuration: WebhookConfiguration, namespaces: ReadonlyMap<string, Labels>): StandIn {
  return {
    async createPod(namespace, pod, { dryRun = false } = {}) {
      const labels = namespaces.get(namespace);
      if (labels === undefined) throw new Error(`namespaces "${namespace}" not found`);
      const namespaceLabels = { ...labels, 'kubernetes.io/metadata.name': namespace };
      const request = { namespace, namespaceLabels, pod: withDefaults(pod as JsonObject), dryRun };
      return admit(configuration, request, withDefaults);
    },
  };
}
