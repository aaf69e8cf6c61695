// Runs when a sandbox is over, however it ended: makes the kernel's settings what they were and removes the cgroup, in this
// order, because whoever makes the cgroup next takes what the settings are then for the machine's own. The argument is
// JSON: see Before.
import { setTimeout } from 'node:timers/promises';
import { emptyCgroup, removeCgroup } from './cgroups.ts';
import { type KernelSettings, writeSettings } from './kernel-settings.ts';

/** What to put back. */
export interface Before {
  readonly cgroup: string;
  readonly settings: KernelSettings;
}

const SECONDS = 20;

const { cgroup, settings } = JSON.parse(process.argv[2] ?? '') as Before;
try {
  // A container that goes on could change them again.
  await untilEmpty(Date.now() + SECONDS * 1000);
} finally {
  writeSettings(settings);
}
removeCgroup(cgroup);

/** The kernel ends the processes of a namespace soon after the first one, not with it. */
async function untilEmpty(deadline: number): Promise<void> {
  for (;;) {
    try {
      emptyCgroup(cgroup);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await setTimeout(100);
    }
  }
}
