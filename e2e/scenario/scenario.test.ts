// The scenario of the README on a real node, from the crash to the remedy. Started by `npm run e2e` in a sandbox.
import { afterAll, afterEach } from 'vitest';
import { createEnvironment } from './environment.ts';
import { fixedByHand } from './steps/fixed-by-hand.ts';
import { killedWebhook } from './steps/killed-webhook.ts';
import { neighbours } from './steps/neighbours.ts';
import { preparedNodes } from './steps/prepared-nodes.ts';
import { reboot } from './steps/reboot.ts';
import { withWebhook } from './steps/with-webhook.ts';
import { withoutWebhook } from './steps/without-webhook.ts';

const environment = await createEnvironment();
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(await environment.state());
});
afterAll(async () => {
  await environment.publish();
  await environment.stop();
});

withoutWebhook(environment);
fixedByHand(environment);
withWebhook(environment);
neighbours(environment);
reboot(environment);
killedWebhook(environment);
preparedNodes(environment);
