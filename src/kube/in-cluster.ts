import { join } from 'node:path';
import { codeOf } from '../input/plain.ts';
import { readText } from '../input/read-text.ts';
import type { Target } from './target.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The cluster that this process runs in, as its pod's ServiceAccount; undefined outside of a cluster. */
export function inClusterTarget(env: Readonly<Record<string, string | undefined>>): Target | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  const namespace = fileText('namespace');
  if (!host || !port || fileText('token') === undefined) return undefined;
  return {
    context: 'in-cluster',
    namespace: namespace?.trim() || 'default',
    cluster: {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      'certificate-authority': join(SERVICE_ACCOUNT, 'ca.crt'),
    },
    user: { tokenFile: join(SERVICE_ACCOUNT, 'token') },
    userName: 'in-cluster',
  };
}

function fileText(name: string): string | undefined {
  try {
    return readText(join(SERVICE_ACCOUNT, name), 1);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}
