import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe } from 'vitest';
import { installPlugin } from '../../test/support/cli-plugin.ts';
import { outputOf } from '../../tools/process/run.ts';
import { type Shell, shellIn } from '../../tools/proof/shell.ts';
import type { Step } from '../../tools/proof/transcript.ts';
import { startCluster } from '../node/node.ts';
import { readProvisions } from '../provisions.ts';
import { MAX_MAP_COUNT, readSettings, writeSettings } from '../sandbox/kernel-settings.ts';
import { versionsIn } from './versions.ts';

/** The value of a kernel that nobody has changed: DEFAULT_MAX_MAP_COUNT in its include/linux/mm.h. */
export const KERNEL_DEFAULT = 65530;

/** Where the scenario runs: one real node, with nothing installed yet and the kernel's default value. */
export interface Environment {
  /** Runs a command that the proof shows. */
  readonly sh: Shell;
  /** A part of the scenario; `text` says in a sentence or two what a reader is going to see. */
  step(title: string, text: string, tests: () => void): void;
  /** What kubectl get says, as JSON. */
  get(...args: readonly string[]): Promise<unknown>;
  /** The node's value, as the kernel says it. */
  value(): number;
  /** The cluster's pods and events, for whoever has to find out what went wrong: nothing of it is left afterwards. */
  state(): Promise<string>;
  /** Writes the transcript for the proof. */
  publish(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a cluster in the sandbox. */
export async function createEnvironment(): Promise<Environment> {
  const provisions = readProvisions();
  const { binaries, transcript } = provisions;
  writeSettings({ [MAX_MAP_COUNT]: String(KERNEL_DEFAULT) });
  const { kubectl, kubeconfig, directory, stop } = await startCluster(provisions);
  const plugin = installPlugin();
  const helm = join(directory, 'helm');
  await mkdir(helm);
  const env = {
    ...{ KUBECONFIG: kubeconfig, KUBECACHEDIR: join(directory, 'kubectl-cache'), NO_COLOR: '1' },
    ...{ HELM_CACHE_HOME: helm, HELM_CONFIG_HOME: helm, HELM_DATA_HOME: helm },
    PATH: [dirname(binaries.kubectl), dirname(binaries.helm), plugin.env.PATH].join(':'),
  };
  const steps: Step[] = [];
  return {
    sh: shellIn(env, (command) => steps.at(-1)?.commands.push(command)),
    step(title, text, tests) {
      describe(title, () => {
        beforeAll(() => {
          steps.push({ title, text, commands: [] });
        });
        tests();
      });
    },
    get: async (...args) => JSON.parse(outputOf(await kubectl(['get', ...args, '--output', 'json']))) as unknown,
    value: () => Number(readSettings()[MAX_MAP_COUNT]),
    async state() {
      const pods = await kubectl(['get', 'pods', '--all-namespaces', '--output', 'wide']);
      const events = await kubectl(['get', 'events', '--all-namespaces', '--sort-by=.lastTimestamp']);
      return `\n${pods.stdout}\n${events.stdout}\n`;
    },
    async publish() {
      const date = new Date().toISOString().slice(0, 10);
      const versions = await versionsIn(kubectl);
      await writeFile(transcript, JSON.stringify({ date, versions, steps }));
    },
    stop,
  };
}
