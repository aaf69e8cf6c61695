import { catalogueOf } from '../core/catalogue.ts';
import type { Settings } from '../core/settings.ts';

/**
 * What a decision goes by unless the configuration file says otherwise. The schema takes its defaults from here; whoever
 * has no file need not load it.
 */
export const DEFAULTS = {
  level: 'required',
  mode: 'enforce',
  initContainer: {
    image: 'docker.io/library/busybox:1.37.0@sha256:9db7b59979c38555a39def84a31fb98b5296952f9e3afd4f6f11f05b07adfab0',
    imagePullPolicy: 'IfNotPresent',
    resources: 'inherit',
  },
  nodeAffinity: { label: 'max-map-count.io/value', mode: 'required' },
  nodes: { guaranteed: 0 },
} as const satisfies Omit<Settings, 'catalogue'>;

/** The settings without a configuration file. */
export function defaultSettings(): Settings {
  return { ...DEFAULTS, catalogue: catalogueOf() };
}
