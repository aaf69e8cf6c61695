import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

// V8 enlarges the young generation when what survives a collection outgrows it.
const SURVIVORS = `
import { getHeapSpaceStatistics } from 'node:v8';
const size = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size;
const before = size();
let kept = [];
for (let round = 0; round < 40; round += 1) kept = Array.from({ length: 100_000 }, (_, at) => ({ round, at }));
console.log(size() / before);
`;

function growth(start: string): number {
  const module = new URL('../../../src/server/young-generation.ts', import.meta.url).href;
  const program = `import { keepYoungGeneration } from '${module}';\n${start}\n${SURVIVORS}`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }));
}

it('keeps the young generation from growing, whatever survives', () => {
  // It starts with one half; the other one is made at the first collection.
  expect(growth('keepYoungGeneration();')).toBeLessThanOrEqual(2);
  expect(growth('')).toBeGreaterThan(10);
});
