/**
 * Waits until the kubelet holds Elasticsearch back because it crashes; before that for the pod itself, which its controller
 * makes some time after the manifest was applied.
 */
export const WAIT_FOR_CRASH_LOOP =
  'kubectl wait pod --selector app=elasticsearch --for=create ' +
  "--for=jsonpath='{.status.containerStatuses[0].state.waiting.reason}'=CrashLoopBackOff --timeout=300s";
