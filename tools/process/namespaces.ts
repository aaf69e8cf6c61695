/**
 * A command line that runs a program with mounts and processes of its own: its mounts are seen by nobody else, and all
 * that it ever started ends with it, or when it is killed. `network` puts it into an empty network of its own, too.
 */
export function apart(command: readonly string[], { network }: { network: boolean }): [string, string[]] {
  const namespaces = ['--mount', '--pid', '--mount-proc', ...(network ? ['--net'] : [])];
  return ['unshare', [...namespaces, '--fork', '--kill-child', '--', ...command]];
}
