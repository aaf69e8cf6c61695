import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { groupOf } from './templates.ts';

// The API groups of Kubernetes itself: its own, and what the API server's addons and SIGs keep below *.k8s.io.
const BUILT_IN = /^(?:|apps|batch|autoscaling|policy|extensions|(?:.+\.)?k8s\.io)$/;
const SIGNS = ['replicas', 'podTemplate', 'containers', 'image', 'nodeSets', 'resources'];
const DEEPEST = 4;

/** True for a custom resource from which an operator seems to make pods: something in it sizes them or names an image. */
export function isOperated(object: JsonObject): boolean {
  return !BUILT_IN.test(groupOf(object)) && isObject(object.spec) && hasSign(object.spec, DEEPEST);
}

function hasSign(value: Json, depth: number): boolean {
  if (Array.isArray(value)) return depth > 0 && value.some((item) => hasSign(item, depth - 1));
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  return (
    keys.some((key) => SIGNS.includes(key)) || (depth > 0 && keys.some((key) => hasSign(value[key] ?? null, depth - 1)))
  );
}

/** Why such a resource is not decided on, and what to do instead. */
export const OPERATED =
  'not shown: its operator makes the pods, and only it knows how they look; explain POD tells what happens to one of them';
