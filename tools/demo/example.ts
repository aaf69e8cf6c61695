import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { Deployment } from '../stand-in/replicas.ts';

/** The example in the repository, as a person would name it. */
export const EXAMPLE = 'examples/elk.yaml';

/** Where it is. */
export const EXAMPLE_FILE = fileURLToPath(new URL(`../../${EXAMPLE}`, import.meta.url));

/** The Deployments of the example, unchanged. */
export function exampleDeployments(): Deployment[] {
  return parseAllDocuments(readFileSync(EXAMPLE_FILE, 'utf8')).map((document) => document.toJS() as Deployment);
}
