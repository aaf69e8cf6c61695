import { matchConditionsFor } from '../core/match-conditions.ts';
import { conditionsYaml } from './conditions-yaml.ts';
import { settingsFrom } from './config-file.ts';
import { EXIT } from './failure.ts';
import { type Io, paint } from './io.ts';

/** Prints the match conditions of a MutatingWebhookConfiguration's entry for pods; says so where the prefilter is not among them. */
export async function renderMatchConditions(config: string | undefined, { stdout, stderr }: Io): Promise<number> {
  const { conditions, leftOut } = matchConditionsFor((await settingsFrom(config)).catalogue.rows);
  if (leftOut !== undefined)
    stderr.write(
      `${paint(stderr, 'cyan', 'note:')} every pod is sent to the webhook, without a prefilter: ${leftOut}\n`,
    );
  stdout.write(conditionsYaml(conditions));
  return EXIT.ok;
}
