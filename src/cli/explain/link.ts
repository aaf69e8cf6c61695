import { stringify } from 'yaml';
import { parseConfig } from '../../config/config.ts';
import type { AllowedStrategy } from '../../core/decision.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Settings } from '../../core/settings.ts';
import { plain } from '../../input/plain.ts';
import { readText } from '../../input/read-text.ts';
import { EXIT, Failure } from '../failure.ts';
import { type Io, paint } from '../io.ts';
import { hashOf, LONGEST_LINK, PLAYGROUND } from '../share/link.ts';
import { withoutValues } from '../share/without-values.ts';

/** What the link is to hold. */
export interface LinkOptions {
  readonly strategy: AllowedStrategy;
  readonly redact: boolean;
  readonly config?: string;
}

/** Prints a link to the playground that holds a manifest, and says on stderr what its reader gets to see. */
export async function printLink(text: string, options: LinkOptions, io: Io): Promise<number> {
  const { strategy, redact } = options;
  const { config, settings } = configIn(options.config);
  const manifest = redact ? hidden(text, options, settings, io) : text;
  const link = `${PLAYGROUND}${await hashOf({ manifest, config, level: 'privileged', strategy, engine: 'webhook' })}`;
  if (link.length > LONGEST_LINK) {
    const size = `${link.length} characters, and browsers open up to ${LONGEST_LINK}`;
    throw new Failure(`the link would have ${size}: name fewer files`);
  }
  const what = config === '' ? 'the manifest is' : 'the manifest and the configuration are';
  const advice = redact ? '' : '; --redact hides the values of environment variables';
  warn(io, `${what} in the link: whoever gets it can read it${advice}`);
  io.stdout.write(`${link}\n`);
  return EXIT.ok;
}

// Read once: it may be a pipe.
function configIn(file: string | undefined): { config: string; settings: Settings } {
  const config = file === undefined ? '' : configText(file);
  const parsed = parseConfig(config, file ?? '');
  if (!parsed.ok) throw new Failure(parsed.problems.join('\n'));
  return { config, settings: parsed.config.settings };
}

function configText(file: string): string {
  try {
    return readText(file, 1);
  } catch (error) {
    throw new Failure(`${file}: ${plain(error)}`);
  }
}

function hidden(text: string, options: LinkOptions, settings: Settings, io: Io): string {
  const result = withoutValues('the manifest', text, options, settings);
  if (!result.ok) throw new Failure(result.problems.join('\n'));
  const { values, documents } = result;
  const counts = `hidden: ${values} values; left out: ${documents} documents that make no pods`;
  io.stderr.write(`${paint(io.stderr, 'cyan', 'note:')} ${counts}\n`);
  if (result.isDecidedAlike === false) warn(io, 'without these values the verdict is another');
  return result.text;
}

function warn({ stderr }: Io, sentence: string): void {
  stderr.write(`${paint(stderr, 'yellow', 'warning:')} ${sentence}\n`);
}

/** Objects of a cluster as somebody would write them: without what the API server and controllers keep there. */
export function manifestOf(objects: readonly JsonObject[]): string[] {
  return objects.map(({ metadata, status: _, ...rest }) => {
    const { managedFields: __, ...own } = (metadata ?? {}) as JsonObject;
    const { apiVersion = null, kind = null, ...others } = rest;
    return stringify({ apiVersion, kind, metadata: own, ...others }, { lineWidth: 0, aliasDuplicateObjects: false });
  });
}
