import { expect, test } from 'vitest';
import { run } from '../../../tools/process/run.ts';

test('V8 knows the flags, says nothing, and gives memory back', async () => {
  const script = `
    import { settle } from './src/server/settle.ts';
    let start = Array.from({ length: 500_000 }, (_, index) => ({ index }));
    const before = process.memoryUsage().heapTotal;
    start = undefined;
    settle();
    setTimeout(() => console.log(before - process.memoryUsage().heapTotal), 1_000);`;
  const { code, stdout, stderr } = await run(process.execPath, ['--input-type=module-typescript', '--eval', script]);
  expect([code, stderr]).toEqual([0, '']);
  expect(Number(stdout)).toBeGreaterThan(10_000_000);
});
