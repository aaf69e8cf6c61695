import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** All that the API server of a control plane has logged so far. */
export function apiServerLog(directory: string): string {
  const logs = readdirSync(directory).filter((name) => /^kube-apiserver-\d+\.log$/.test(name));
  if (logs.length !== 1) throw new Error(`expected one log of an API server, found ${logs.length}`);
  return readFileSync(join(directory, ...logs), 'utf8');
}
