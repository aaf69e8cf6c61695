import { defaultSettings } from '../config/defaults.ts';
import type { Settings } from '../core/settings.ts';
import { Failure } from './failure.ts';

/** The settings of the webhook's configuration file, or its defaults; the schema is loaded for a file only. */
export async function settingsFrom(file: string | undefined): Promise<Settings> {
  if (file === undefined) return defaultSettings();
  const { readConfig } = await import('../config/read-config.ts');
  const result = readConfig(file);
  if (!result.ok) throw new Failure(result.problems.join('\n'));
  return result.config.settings;
}
