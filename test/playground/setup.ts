import type { TestProject } from 'vitest/node';
import { findChromium, pageAddress } from '../support/browser.ts';

/** Finds Chromium; without it the tests are left out, and never in CI. */
export default function setup(project: TestProject): void {
  const path = findChromium();
  if (path === undefined && process.env.CI === 'true') {
    throw new Error('Chromium is missing: apt-get install chromium, or name one with CHROMIUM=/path/to/chromium');
  }
  if (path !== undefined) pageAddress();
  const takesPictures = project.globalConfig.snapshotOptions.updateSnapshot === 'all';
  project.provide('browser', { available: path !== undefined, path: path ?? '', takesPictures });
}
