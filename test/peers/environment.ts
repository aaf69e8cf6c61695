import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import type { Provisions } from '../../tools/peers/parts.ts';
import { outputOf } from '../../tools/process/run.ts';
import { versionOf } from '../../tools/programs/versions.ts';
import { type Shell, shellIn } from '../../tools/proof/shell.ts';
import type { Step } from '../../tools/proof/transcript.ts';
import { installPlugin } from '../support/cli-plugin.ts';

/** A control plane on which a real part and the chart's release meet, and a shell whose commands are written down. */
export interface Environment {
  readonly provisions: Provisions;
  readonly plane: ControlPlane;
  /** Runs a command that the proof shows. */
  readonly shell: Shell;
  /** A part of the scenario; `text` says in a sentence or two what a reader is going to see. */
  step(title: string, text: string, tests: () => void): void;
  /** What kubectl get says, as JSON. */
  get<T>(...args: readonly string[]): Promise<T>;
  /** What the shell's variables are; one that is set here can be used in commands. */
  readonly env: Record<string, string>;
  /** Adds something that was seen, rather than printed by a command, to the proof. */
  note(command: string, output: string): void;
  /** Writes the transcript. */
  publish(versions: Readonly<Record<string, string>>): Promise<void>;
}

/** Starts the control plane in the network that tools/peers/run.ts has made. */
export async function startEnvironment(options: { scheduler: boolean }): Promise<Environment> {
  const file = process.env.PEERS_PROVISIONS;
  if (file === undefined) throw new Error('this test runs in a network of its own: start it with `npm run peers`');
  const { transcript, ...provisions } = JSON.parse(readFileSync(file, 'utf8')) as Provisions & { transcript: string };
  const { binaries } = provisions;
  const plane = await startControlPlane({ binaries, ...options });
  const helm = join(plane.directory, 'helm');
  await mkdir(helm);
  const env: Record<string, string> = {
    ...{ KUBECONFIG: plane.kubeconfig, KUBECACHEDIR: join(plane.directory, 'kubectl-cache'), NO_COLOR: '1' },
    ...{ HELM_CACHE_HOME: helm, HELM_CONFIG_HOME: helm, HELM_DATA_HOME: helm },
    PATH: [dirname(binaries.kubectl), dirname(binaries.helm), installPlugin().env.PATH].join(':'),
  };
  const steps: Step[] = [];
  const note = (command: string, output: string) => steps.at(-1)?.commands.push({ command, output });
  return {
    provisions,
    plane,
    env,
    note,
    shell: shellIn(env, ({ command, output }) => note(command, output)),
    step(title, text, tests) {
      describe(title, () => {
        beforeAll(() => {
          steps.push({ title, text, commands: [] });
        });
        tests();
      });
    },
    get: async (...args) => JSON.parse(outputOf(await plane.kubectl(['get', ...args, '--output', 'json']))),
    async publish(versions) {
      const date = new Date().toISOString().slice(0, 10);
      const all = { ...versions, Kubernetes: plane.version.slice(1), helm: versionOf('helm').slice(1) };
      await writeFile(transcript, `${JSON.stringify({ date, versions: all, steps }, null, 2)}\n`);
    },
  };
}
