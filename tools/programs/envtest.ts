import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PLATFORM } from './platform.ts';

// Where controller-runtime's envtest looks when KUBEBUILDER_ASSETS is not set.
const SYSTEM_FOLDER = '/usr/local/kubebuilder/bin';

/** The folders that `setup-envtest` keeps etcd, kube-apiserver and kubectl in, the newest Kubernetes first. */
export function envtestFolders(): string[] {
  const store = join(dataFolder(), 'k8s');
  const suffix = `-${PLATFORM.os}-${PLATFORM.arch}`;
  const versions = namesIn(store).filter((name) => name.endsWith(suffix));
  const newestFirst = versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return [...newestFirst.map((name) => join(store, name)), SYSTEM_FOLDER];
}

/** As setup-envtest chooses it: https://pkg.go.dev/sigs.k8s.io/controller-runtime/tools/setup-envtest */
function dataFolder(): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support/io.kubebuilder.envtest');
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'kubebuilder-envtest');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
