// The story of the README on a real node, from the crash to the remedy. Started by `npm run e2e` in a sandbox.
import { afterAll, afterEach } from 'vitest';
import { killedWebhook } from './chapters/killed-webhook.ts';
import { neighbours } from './chapters/neighbours.ts';
import { preparedNodes } from './chapters/prepared-nodes.ts';
import { reboot } from './chapters/reboot.ts';
import { withWebhook } from './chapters/with-webhook.ts';
import { withoutWebhook } from './chapters/without-webhook.ts';
import { setStage } from './stage.ts';

const stage = await setStage();
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(await stage.state());
});
afterAll(async () => {
  await stage.publish();
  await stage.stop();
});

withoutWebhook(stage);
withWebhook(stage);
neighbours(stage);
reboot(stage);
killedWebhook(stage);
preparedNodes(stage);
