// Runs in a process of its own: starts a control plane, says what it started, and waits to be ended in some way.
import { execFileSync } from 'node:child_process';
import { startControlPlane } from '../../tools/control-plane/control-plane.ts';

const { supervisor, directory } = await startControlPlane({ binaries: JSON.parse(process.argv[2] ?? '') });
const processes = execFileSync('ps', ['-A', '-o', 'pid=,pgid='], { encoding: 'utf8' }).trim().split('\n');
const pairs = processes.map((line) => line.trim().split(/\s+/).map(Number));
const pids = pairs.filter(([, group]) => group === supervisor.pid).map(([pid]) => pid);
process.on('message', () => {
  throw new Error('thrown on request');
});
process.send?.({ directory, pids });
