import { expect } from 'vitest';
import type { Kubectl } from '../../tools/control-plane/kubectl.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf, type Result, run } from '../../tools/process/run.ts';
import * as chart from './chart.ts';

const SECONDS = 20;

/** What a release needs of the cluster. */
export interface ReleaseCluster {
  readonly helm: string;
  readonly kubeconfig: string;
}

/** One helm release on the real API server. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** The name of its Deployment, Service and so on. */
  readonly fullname: string;
  install(...args: readonly string[]): Promise<void>;
  upgrade(...args: readonly string[]): Promise<void>;
  /** Any other verb: `rollback 1`, `get manifest`. */
  helm(verb: readonly string[], ...args: readonly string[]): Promise<Result>;
  uninstall(): Promise<void>;
}

/** A release of the chart that is not installed yet. */
export function release({ helm, kubeconfig }: ReleaseCluster, name: string, namespace: string): Release {
  const call = (verb: readonly string[], args: readonly string[] = []) =>
    run(helm, [...verb, '--namespace', namespace, ...args], { env: { KUBECONFIG: kubeconfig } });
  return {
    name,
    namespace,
    fullname: `${name}-max-map-count-webhook`,
    install: async (...args) => void outputOf(await call(['install', name, chart.CHART], args)),
    upgrade: async (...args) => void outputOf(await call(['upgrade', name, chart.CHART], args)),
    helm: (verb, ...args) => call(verb, args),
    uninstall: async () => void outputOf(await call(['uninstall', name])),
  };
}

/** Checks that no object of any kind is left with the label of one of these releases, nor helm's own record of one. */
export async function expectNothingLeft(kubectl: Kubectl, releases: readonly string[]): Promise<void> {
  const resources = outputOf(await kubectl(['api-resources', '--verbs=list,delete', '--output=name']));
  const kinds = resources.trim().split('\n').join(',');
  const names = `(${releases.join(',')})`;
  const find = async (kind: string, selector: string) =>
    outputOf(await kubectl(['get', kind, '--all-namespaces', '--output=name', '--selector', selector]));
  const left = async () => expect(await find(kinds, `app.kubernetes.io/instance in ${names}`)).toBe('');
  await eventually(`waiting until garbage of ${names} is collected`, left, { seconds: SECONDS });
  expect(await find('secrets,configmaps', `name in ${names},owner=helm`)).toBe('');
}

/** Where a stored object differs from what was rendered; fields that only the stored one has do not count. */
export function drift(rendered: unknown, stored: unknown, path = ''): string[] {
  if (typeof rendered !== 'object' || rendered === null) {
    return rendered === stored
      ? []
      : [`${path}: rendered ${JSON.stringify(rendered)}, stored ${JSON.stringify(stored)}`];
  }
  if (typeof stored !== 'object' || stored === null) return [`${path}: not stored`];
  if (Array.isArray(rendered) && Array.isArray(stored) && rendered.length !== stored.length) {
    return [`${path}: rendered ${rendered.length} elements, stored ${stored.length}`];
  }
  const fields = new Map<string, unknown>(Object.entries(stored));
  return Object.entries(rendered).flatMap(([key, value]) => drift(value, fields.get(key), `${path}/${key}`));
}
