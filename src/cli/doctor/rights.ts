/** A rule of a Role or ClusterRole. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What each question needs; docs/doctor.md has them as one ClusterRole. */
export const RIGHTS = {
  registrations: rule('admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'list'),
  policies: rule('admissionregistration.k8s.io', 'mutatingadmissionpolicies', 'list'),
  endpoints: rule('discovery.k8s.io', 'endpointslices', 'list'),
  namespaces: rule('', 'namespaces', 'list'),
  namespace: rule('', 'namespaces', 'get'),
  nodes: rule('', 'nodes', 'list'),
  pods: rule('', 'pods', 'list'),
  logs: rule('', 'pods/log', 'get'),
  configuration: rule('', 'configmaps', 'list'),
  events: rule('', 'events', 'list'),
  /** RBAC knows no dry runs: whoever may try may create. */
  probe: rule('', 'pods', 'create'),
} as const satisfies Record<string, Rule>;

function rule(group: string, resource: string, verb: string): Rule {
  return { apiGroups: [group], resources: [resource], verbs: [verb] };
}

/** A rule as one line of YAML, to paste. */
export function ruleText({ apiGroups, resources, verbs }: Rule): string {
  const list = (words: readonly string[]) => `[${words.map((word) => word || '""').join(', ')}]`;
  return `{apiGroups: ${list(apiGroups)}, resources: ${list(resources)}, verbs: ${list(verbs)}}`;
}
