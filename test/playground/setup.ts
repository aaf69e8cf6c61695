import type { TestProject } from 'vitest/node';
import { findChromium, isBuilt } from '../support/browser.ts';

/** Finds Chromium and the built page; without them the tests are left out, and never in CI. */
export default function setup(project: TestProject): void {
  const path = findChromium();
  const missing = [
    ...(path === undefined ? ['Chromium is missing: apt-get install chromium, or CHROMIUM=/path/to/chromium'] : []),
    ...(isBuilt() ? [] : ['dist/playground.html is missing: npm run playground']),
  ];
  if (missing.length > 0 && process.env.CI === 'true') throw new Error(missing.join('; '));
  const takesPictures = project.globalConfig.snapshotOptions.updateSnapshot === 'all';
  project.provide('browser', { available: missing.length === 0, path: path ?? '', takesPictures });
}
