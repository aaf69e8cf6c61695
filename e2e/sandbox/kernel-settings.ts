import { readFileSync, writeFileSync } from 'node:fs';

/** Settings of the kernel by their path below /proc/sys. */
export type KernelSettings = Readonly<Record<string, string>>;

/** Where the value that all this is about stands. */
export const MAX_MAP_COUNT = 'vm/max_map_count';

/**
 * What a run changes for the whole machine, since no namespace has its own: our value, and what every kubelet sets at its
 * start (pkg/kubelet/cm/container_manager_linux.go, setupKernelTunables).
 */
const CHANGED = [
  MAX_MAP_COUNT,
  ...['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops'],
  ...['kernel/keys/root_maxkeys', 'kernel/keys/root_maxbytes'],
];

/** The settings that a run changes, as they are now. */
export function readSettings(): KernelSettings {
  return Object.fromEntries(CHANGED.map((name) => [name, readFileSync(`/proc/sys/${name}`, 'utf8').trim()]));
}

/** Writes settings. */
export function writeSettings(settings: KernelSettings): void {
  for (const [name, value] of Object.entries(settings)) writeFileSync(`/proc/sys/${name}`, value);
}
