import { plain } from '../input/plain.ts';
import { readText } from '../input/read-text.ts';
import { type ConfigResult, parseConfig } from './config.ts';

// MiB: the size of a ConfigMap.
const LARGEST = 1;

/** Reads the configuration file, at most 1 MiB of it; without one, every default applies. */
export function readConfig(file?: string): ConfigResult {
  if (file === undefined) return parseConfig('', '');
  try {
    return parseConfig(readText(file, LARGEST), file);
  } catch (error) {
    return { ok: false, problems: [`${file}: ${plain(error)}`] };
  }
}
