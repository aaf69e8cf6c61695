import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds of processor time that all threads of a process have used, as the scheduler counts them. */
export function cpuMicroseconds(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      return 0; // The thread has just ended.
    }
  });
  return nanoseconds.reduce((sum, next) => sum + next, 0) / 1000;
}

/** Resident memory in MB (2^20 bytes), now or at its highest. */
export function residentMegabytes(pid: number, which: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${which}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
}
