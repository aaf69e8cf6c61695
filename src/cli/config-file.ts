import { readConfig } from '../config/read-config.ts';
import type { Settings } from '../core/settings.ts';
import { Failure } from './failure.ts';

/** The settings of the webhook's configuration file, or its defaults without one. */
export function settingsFrom(file: string | undefined): Settings {
  const result = readConfig(file);
  if (!result.ok) throw new Failure(result.problems.join('\n'));
  return result.config.settings;
}
