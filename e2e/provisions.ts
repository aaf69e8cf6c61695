import { readFileSync } from 'node:fs';
import type { Binaries } from '../tools/programs/binaries.ts';
import type { Archive } from './images/build.ts';

/** The programs that are built from Go modules. */
export const PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kubectl',
  'helm',
] as const;

/** What is brought into the sandbox, which has no network to get anything from. */
export interface Provisions {
  readonly binaries: Binaries<(typeof PROGRAMS)[number]>;
  readonly archives: readonly Archive[];
  /** The file that the transcript is to be written to. */
  readonly transcript: string;
}

/** What main.ts left for the scenario. */
export function readProvisions(): Provisions {
  const file = process.env.E2E_PROVISIONS;
  if (file === undefined) throw new Error('this test runs in a sandbox: start it with `npm run e2e`');
  return JSON.parse(readFileSync(file, 'utf8')) as Provisions;
}
