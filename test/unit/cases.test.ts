import fastJsonPatch from 'fast-json-patch';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../src/core/evaluate.ts';
import { patchText } from '../../src/core/patch.ts';
import { REASONS, type Reason } from '../../src/core/reasons.ts';
import { caseNames, decideCase, families, namesIn, readCase } from '../support/cases.ts';
import { committedFiles, goldenFiles } from '../support/goldens.ts';

const byReason = new Map<string, number>();
// No manifest can produce these two: another operation, and a fault of our own. core/review.test.ts does.
const WITHOUT_A_CASE: readonly Reason[] = ['not-create', 'internal-error'];

afterAll(() => {
  const counts = [...byReason].sort().map(([reason, count]) => `${reason} ${count}`);
  console.log(`cases: ${caseNames.length}, by reason: ${counts.join(', ')}`);
});

const cases = caseNames.map(readCase);

describe.each(cases)('case $name', (known) => {
  const { decision, patch } = decideCase(known);

  it('is decided as labelled', () => {
    byReason.set(decision.reason, (byReason.get(decision.reason) ?? 0) + 1);
    const { warnings = [], ...labelled } = known.expect;
    const { decision: verdict, reason, workload, value, strategy } = decision;
    expect({ decision: verdict, reason, workload, value, strategy }, known.why).toEqual(labelled);
    for (const word of warnings) expect(decision.warnings.join('\n').toLowerCase()).toContain(word.toLowerCase());
    if (reason === 'not-matched' && warnings.length === 0) expect(decision.warnings).toEqual([]);
  });

  it('has a patch that applies, and a second run finds nothing to do', () => {
    const patched = fastJsonPatch.applyPatch(structuredClone(known.pod), structuredClone(patch), true).newDocument;
    const again = evaluate(patched, { strategy: known.strategy, ownerKind: known.ownerKind }, known.settings);
    expect(again.decision).toBe('skip');
    if (decision.decision === 'patch')
      expect(JSON.parse(patchText(known.pod, decision, known.settings)), 'the text that is sent').toEqual(patch);
    if (decision.decision === 'patch') expect(again).toMatchObject({ reason: 'already-handled', ours: true });
    else expect(again).toEqual(decision);
  });
});

describe('the goldens', () => {
  const files = goldenFiles(cases);

  it.each([...files])('%s is what the code makes of the cases (rewrite with: npm run generate)', async (file, text) => {
    await expect(text).toMatchFileSnapshot(`../goldens/${file}`);
  });

  it('hold nothing that no case calls for (clear away with: npm run generate)', () => {
    expect(committedFiles().filter((file) => !files.has(file))).toEqual([]);
  });
});

it('has each name in one family only', () => {
  expect(families.flatMap(namesIn).sort()).toEqual(caseNames);
});

it('has a case for every reason code that a manifest can produce', () => {
  const expected = Object.keys(REASONS).filter((reason) => !WITHOUT_A_CASE.some((other) => other === reason));
  expect([...byReason.keys()].sort()).toEqual(expected.sort());
});
