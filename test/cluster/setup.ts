import type { TestProject } from 'vitest/node';
import { startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import { findOrSkip, say } from '../support/find-or-skip.ts';
import { policyFlags } from '../support/policy-version.ts';
import { CLUSTER_PROGRAMS, NO_CONTROL_PLANE } from '../support/provided.ts';

/** Starts one control plane for all cluster tests; without its programs they are left out, and never in CI. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const binaries = findOrSkip(CLUSTER_PROGRAMS);
  if (binaries === undefined) {
    project.provide('controlPlane', NO_CONTROL_PLANE);
    return undefined;
  }
  const told = outputOf(await run(binaries['kube-apiserver'], ['--version'])).trim();
  const apiServerFlags = policyFlags(told.replace('Kubernetes ', ''));
  const options = { binaries, scheduler: true, apiServerFlags };
  const { version, kubeconfig, auditLog, directory, stop } = await startControlPlane(options);
  project.provide('controlPlane', { available: true, version, kubeconfig, auditLog, directory, binaries });
  return async () => {
    await stop();
    say(`real API server ${version}: ${testsRun(project)} tests ran`);
  };
}

/** How many tests of this project talked to the API server and came to an end, for better or worse. */
function testsRun({ vitest, name }: TestProject): number {
  return vitest.state
    .getTestModules()
    .filter((module) => module.project.name === name)
    .flatMap((module) => [...module.children.allTests('passed'), ...module.children.allTests('failed')]).length;
}
