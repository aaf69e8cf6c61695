import type { TestProject } from 'vitest/node';
import { startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { findBinaries, MissingBinaries } from '../../tools/programs/binaries.ts';
import { CLUSTER_PROGRAMS, type ClusterBinaries, NO_CONTROL_PLANE } from '../support/provided.ts';

/** Starts one control plane for all cluster tests; without its programs they are skipped, loudly, and never in CI. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const binaries = await findOrExplain();
  if (binaries === undefined) {
    project.provide('controlPlane', NO_CONTROL_PLANE);
    return undefined;
  }
  const { version, kubeconfig, auditLog, directory, stop } = await startControlPlane({ binaries, scheduler: true });
  project.provide('controlPlane', { available: true, version, kubeconfig, auditLog, directory, binaries });
  return async () => {
    await stop();
    say(`real API server ${version}: ${testsRun(project)} tests ran`);
  };
}

async function findOrExplain(): Promise<ClusterBinaries | undefined> {
  try {
    return await findBinaries(CLUSTER_PROGRAMS, say);
  } catch (error) {
    if (!(error instanceof MissingBinaries) || process.env.CI === 'true') throw error;
    const line = '!'.repeat(100);
    say(`\n${line}\nEVERY TEST AGAINST A REAL API SERVER IS SKIPPED.\n${error.message}\n${line}\n`);
    return undefined;
  }
}

/** How many tests of this project talked to the API server and came to an end, for better or worse. */
function testsRun({ vitest, name }: TestProject): number {
  return vitest.state
    .getTestModules()
    .filter((module) => module.project.name === name && !module.moduleId.includes('/test/chart/'))
    .flatMap((module) => [...module.children.allTests('passed'), ...module.children.allTests('failed')]).length;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
