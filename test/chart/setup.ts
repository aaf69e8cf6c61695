import type { TestProject } from 'vitest/node';
import { findOrSkip } from '../support/find-or-skip.ts';

/** Finds what renders and checks the chart; no control plane is needed. Without it the tests are left out, and never in CI. */
export default async function setup(project: TestProject): Promise<void> {
  const found = findOrSkip(['helm', 'promtool']);
  project.provide('chartPrograms', { available: found !== undefined, helm: '', promtool: '', ...found });
}
