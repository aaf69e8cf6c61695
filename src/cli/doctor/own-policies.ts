import { get, text } from '../../core/json.ts';
import type { Kube } from '../../kube.ts';
import { listAll, Refusal } from '../cluster.ts';
import { CHART_NAME } from './registration.ts';

// Newest first; an API server answers 404 for those that it does not have.
const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'];

/** The names of the MutatingAdmissionPolicies that the chart has made in the place of a webhook. */
export async function ownPolicies(kube: Kube): Promise<string[]> {
  for (const version of VERSIONS) {
    const path = `/apis/admissionregistration.k8s.io/${version}/mutatingadmissionpolicies`;
    const labelSelector = `app.kubernetes.io/name=${CHART_NAME}`;
    try {
      const { items } = await listAll(kube, path, { limit: 10, labelSelector });
      return items.map((policy) => text(get(policy, 'metadata'), 'name') ?? '');
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 404)) throw error;
    }
  }
  return [];
}
