import { isObject } from '../core/json.ts';
import type { Stanza } from './kubeconfig.ts';

/** The headers that ask the API server to treat the caller as somebody else (kubectl's --as and a user's `as`). */
export function impersonationOf(user: Stanza): Record<string, string | string[]> {
  if (!user.as) return {};
  const extra = isObject(user['as-user-extra']) ? Object.entries(user['as-user-extra']) : [];
  return {
    'Impersonate-User': String(user.as),
    ...(user['as-uid'] ? { 'Impersonate-Uid': String(user['as-uid']) } : {}),
    ...(isList(user['as-groups']) && { 'Impersonate-Group': user['as-groups'].map(String) }),
    ...Object.fromEntries(
      extra.map(([key, values]) => [
        `Impersonate-Extra-${encodeURIComponent(key)}`,
        isList(values) ? values.map(String) : [],
      ]),
    ),
  };
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0;
}
