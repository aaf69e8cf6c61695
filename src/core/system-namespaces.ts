/** The namespaces of Kubernetes itself, whose pods the webhook never sees, whatever the values of the chart are. */
export const SYSTEM_NAMESPACES: readonly string[] = ['kube-system', 'kube-node-lease', 'kube-public'];
