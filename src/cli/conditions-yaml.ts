import { Document, Scalar } from 'yaml';
import type { MatchCondition } from '../core/match-conditions.ts';

/** Match conditions as a list in YAML; expressions are blocks, so that their lines stay what they are. */
export function conditionsYaml(conditions: readonly MatchCondition[]): string {
  const document = new Document(
    conditions.map(({ name, expression }) => {
      const text = new Scalar(expression);
      text.type = Scalar.BLOCK_LITERAL;
      return { name, expression: text };
    }),
  );
  return document.toString({ lineWidth: 0 });
}
