import { join } from 'node:path';

/** The folder in the user's cache that keeps what takes minutes to make. It may be removed at any time. */
export function projectCache(): string {
  return join(userCache(), 'max-map-count-webhook');
}

function userCache(): string {
  const { XDG_CACHE_HOME, HOME = '.' } = process.env;
  if (XDG_CACHE_HOME) return XDG_CACHE_HOME;
  return process.platform === 'darwin' ? join(HOME, 'Library', 'Caches') : join(HOME, '.cache');
}
