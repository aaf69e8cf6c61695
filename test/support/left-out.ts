import type { Reporter, TestModule, Vitest } from 'vitest/node';

/** What the tests of a project are left out for, and what brings it. */
const NEEDS: Readonly<Record<string, string>> = {
  unit: 'need a shell or a system that is not here (Debian: apt-get install busybox-static dash)',
  chart: 'need helm and promtool (npm run control-plane)',
  playground: 'need Chromium and the page (Debian: apt-get install chromium; npm run playground)',
  cluster: 'need a real API server (npm run control-plane), some of them a newer one',
};

/** Says once, at the end, how many tests were left out, and which command brings them. */
export function leftOutReporter(): Reporter {
  let vitest: Vitest | undefined;
  return {
    onInit(created) {
      vitest = created;
    },
    onTestRunEnd(modules) {
      // A filter of names leaves out what nobody asked for.
      if (vitest?.getGlobalTestNamePattern() !== undefined) return;
      const line = leftOut(modules);
      if (line !== undefined) process.stderr.write(`\n${line}\n`);
    },
  };
}

/** The line about the tests that were skipped; undefined: there are none. */
function leftOut(modules: readonly TestModule[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { project, children } of modules) {
    const skipped = [...children.allTests('skipped')].length;
    counts.set(project.name, (counts.get(project.name) ?? 0) + skipped);
  }
  const parts = [...counts]
    .filter(([, count]) => count > 0)
    .map(([project, count]) => `${count} ${NEEDS[project] ?? `of ${project}`}`);
  return parts.length === 0 ? undefined : `Tests left out: ${parts.join('; ')}.`;
}
