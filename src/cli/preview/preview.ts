import { settingsFrom } from '../config-file.ts';
import type { Io } from '../io.ts';
import { decidedInputs, type ManifestOptions } from '../manifests/inputs.ts';
import { type ShowOptions, showInputs } from './show.ts';

/** The options of `preview`. */
export interface PreviewOptions extends ManifestOptions, ShowOptions {
  readonly config?: string;
}

/** Shows what the webhook would do to every object that makes pods. */
export function preview(options: PreviewOptions, io: Io): number {
  const settings = settingsFrom(options.config);
  return showInputs(decidedInputs(options, settings), settings, options, io);
}
