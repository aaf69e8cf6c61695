import { get, type Json, objects } from '../../src/core/json.ts';

// https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ and pkg/apis/core/v1/helper/qos: init containers count too;
// Guaranteed needs cpu and memory limits on each container, and requests that equal them (absent requests default to the limits).
const COUNTED = ['cpu', 'memory'];

/** The QoS class that Kubernetes gives a pod without pod-level resources. */
export function qosClass(pod: Json): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const spec = get(pod, 'spec');
  const containers = [...objects(spec, 'initContainers'), ...objects(spec, 'containers')];
  const amounts = containers.map((container) => {
    const resources = get(container, 'resources');
    return COUNTED.map((name) => {
      const limit = get(get(resources, 'limits'), name);
      return { limit, request: get(get(resources, 'requests'), name) ?? limit };
    });
  });
  if (amounts.flat().every(({ limit, request }) => limit === undefined && request === undefined)) return 'BestEffort';
  return amounts.flat().every(({ limit, request }) => limit !== undefined && request === limit)
    ? 'Guaranteed'
    : 'Burstable';
}
