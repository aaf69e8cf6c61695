import { Document, Scalar } from 'yaml';
import { type MatchCondition, matchConditionsFor } from '../core/match-conditions.ts';
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
  stdout.write(yamlOf(conditions));
  return EXIT.ok;
}

// As blocks, so that the lines of an expression stay what they are.
function yamlOf(conditions: readonly MatchCondition[]): string {
  const document = new Document(
    conditions.map(({ name, expression }) => {
      const text = new Scalar(expression);
      text.type = Scalar.BLOCK_LITERAL;
      return { name, expression: text };
    }),
  );
  return document.toString({ lineWidth: 0 });
}
