import { expect, test } from 'vitest';
import { run } from '../../../tools/process/run.ts';

test('V8 knows the flags, and says nothing', async () => {
  const script = "import { tierUpSooner } from './src/server/tier-up.ts'; tierUpSooner();";
  const { code, stderr } = await run(process.execPath, ['--input-type=module-typescript', '--eval', script]);
  expect([code, stderr]).toEqual([0, '']);
});
