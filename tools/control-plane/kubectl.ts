import { type CallOptions, type Result, run } from '../process/run.ts';

/** Calls kubectl and waits for its end; an exit code above 0 is a result, not an error. */
export type Kubectl = (args: readonly string[], options?: CallOptions) => Promise<Result>;

/** A kubectl for one cluster that neither reads nor writes the user's own configuration, preferences and cache. */
export function kubectlFor(path: string, kubeconfig: string, cache: string): Kubectl {
  const isolated = { KUBECONFIG: kubeconfig, KUBECACHEDIR: cache, KUBERC: 'off' };
  return (args, { input = '', env = {} } = {}) => run(path, args, { input, env: { ...isolated, ...env } });
}
