import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../src/core/evaluate.ts';
import { settingsOf } from '../support/cases.ts';

interface Row {
  image: string;
  expect: string;
  min: string;
  why: string;
}

/** The rows of test/data/images.csv: the first line names the columns, and the last column takes the rest of the line. */
function readRows(): Row[] {
  const text = readFileSync(new URL('../data/images.csv', import.meta.url), 'utf8').trim();
  return text
    .split('\n')
    .slice(1)
    .map((line) => {
      const [image = '', expected = '', min = '', ...why] = line.split(',');
      return { image, expect: expected, min, why: why.join(',') };
    });
}

const settings = settingsOf('');

// `yes`: patched with the value in `min`; `no`: not matched; `old`: matched, and its version demands nothing; `confirm`:
// only a name speaks for it, so its author is asked, and one fact more is enough.
function verdict(image: string, more: object = {}): string {
  const decision = evaluate(
    { spec: { containers: [{ name: 'main', image, ...more }] } },
    { strategy: 'init-container' },
    settings,
  );
  if (decision.decision === 'patch') return `yes ${decision.value}`;
  return decision.reason === 'not-required' ? 'old' : decision.reason === 'not-matched' ? 'no' : decision.reason;
}

// What a server of any row listens on.
const PORTS = { ports: [9200, 9300, 4200, 4300].map((containerPort) => ({ containerPort })) };

describe('image references', () => {
  const rows = readRows();
  let right = 0;
  afterAll(() => console.log(`images: ${right} of ${rows.length} right`));

  it.each(rows)('$image: $expect $min', ({ image, expect: expected, min, why }) => {
    if (expected === 'confirm') {
      expect(verdict(image), why).toBe('uncertain');
      expect(verdict(image, PORTS), why).toBe(`yes ${min}`);
    } else expect(verdict(image), why).toBe(`${expected} ${min}`.trim());
    right += 1;
  });
});
