// A cluster with crashing pods, for the tests of fix.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { type FakeApi, startFakeApi } from '../../support/fake-api.ts';
import { cli } from './support.ts';

export const LINE = 'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]';
export const RAISED = 'max-map-count: vm.max_map_count raised from 65530 to 262144\n';
export const RAISES = '/api/v1/namespaces/kube-system/pods';
export const ROOT = '/api/v1/namespaces/search/pods';

interface PodOptions {
  readonly owner?: JsonObject | null;
  readonly image?: string;
  readonly line?: string;
  readonly node?: string;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
}

const STATEFUL: JsonObject = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'es', uid: 'o', controller: true };

/** A pod that crashes with the line, unless a status says otherwise. */
export function pod(name: string, options: PodOptions = {}): Record<string, JsonObject> {
  const { owner = STATEFUL, image = 'elasticsearch:8.15.0', line = LINE, node = 'node-1', spec = {}, status } = options;
  const crashed = { terminated: { exitCode: 78, message: line } };
  const container = {
    name: 'es',
    ready: false,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: crashed,
  };
  const metadata = { name, namespace: 'search', uid: `uid-${name}`, ...(owner && { ownerReferences: [owner] }) };
  const whole = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { nodeName: node, containers: [{ name: 'es', image }], ...spec },
    status: status ?? { phase: 'Running', containerStatuses: [container] },
  };
  return { [`${ROOT}/${name}`]: whole };
}

export const RUNNING: JsonObject = {
  phase: 'Running',
  containerStatuses: [{ name: 'es', ready: true, state: { running: {} } }],
};

export function node(name: string, ready = 'True'): Record<string, JsonObject> {
  const conditions = [{ type: 'Ready', status: ready, message: 'Kubelet stopped posting node status.' }];
  return { [`/api/v1/nodes/${name}`]: { metadata: { name }, status: { conditions } } };
}

export function statefulSet(more: JsonObject = {}): Record<string, JsonObject> {
  return {
    '/apis/apps/v1/namespaces/search/statefulsets/es': { kind: 'StatefulSet', metadata: { name: 'es' }, ...more },
  };
}

interface Circumstances {
  /** Whether a webhook patches pods that are created. */
  readonly webhook?: boolean;
  /** How the raising pod ends. */
  readonly phase?: 'Succeeded' | 'Failed';
  readonly log?: string;
  readonly answer?: FakeApi['answer'];
}

/** A cluster with these objects, whose kubelet runs the raising pods at once. */
export async function cluster(stored: Record<string, JsonObject>, circumstances: Circumstances = {}) {
  const { webhook = false, phase = 'Succeeded', log = RAISED, answer = () => undefined } = circumstances;
  const api = await startFakeApi(stored);
  onTestFinished(() => api.stop());
  api.answer = (request) => {
    const own = answer(request);
    if (own !== undefined) return own;
    const { method, path, body } = request;
    if (method === 'GET' && path.includes('/log?')) return { status: 200, body: log };
    if (method === 'GET' && path.startsWith(`${RAISES}/`)) {
      return { status: 200, body: { ...api.stored.get(path), status: { phase } } };
    }
    if (method === 'POST' && path === `${ROOT}?dryRun=All` && webhook && body) {
      const annotations = { 'max-map-count.io/applied': 'init-container=262144' };
      return { status: 201, body: { ...body, metadata: { ...(body.metadata as JsonObject), annotations } } };
    }
    return undefined;
  };
  const directory = mkdtempSync(join(tmpdir(), 'fix-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const kubeconfig = join(directory, 'config');
  const named = { name: 'c', cluster: { server: api.url } };
  const context = { name: 'stage', context: { cluster: 'c', namespace: 'search' } };
  writeFileSync(kubeconfig, JSON.stringify({ clusters: [named], contexts: [context], 'current-context': 'stage' }));
  const fix = (args: readonly string[], options: { answer?: string } = {}) => {
    return cli(['fix', '--kubeconfig', kubeconfig, ...args], options);
  };
  return { api, fix };
}

/** The pods that raised nodes. */
export function raises({ requests }: FakeApi): JsonObject[] {
  return requests.flatMap(({ method, path, body }) => (method === 'POST' && path === RAISES && body ? [body] : []));
}
