import { fileURLToPath } from 'node:url';

/** The repository, which is the build context of our own image. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
