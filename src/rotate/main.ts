// Keeps the webhook's certificate valid where there is no cert-manager: the chart's Job and CronJob of tls.mode rotated. Exit
// codes: 0 the certificate is good, 1 it could not be made so, 2 the program was called wrongly.
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { plain } from '../input/plain.ts';
import { connectKube } from '../kube.ts';
import { type Rotation, rotate } from './rotate.ts';

const USAGE = `usage: rotate.js --secret NAMESPACE/NAME --configuration NAME --name DNSNAME
                 [--days 90] [--renew-before-days 30] [--settle-seconds 30]

  --secret             the Secret that holds the certificate
  --configuration      a MutatingWebhookConfiguration whose caBundle is to fit; may be repeated
  --name               what the API server calls the webhook by; may be repeated
  --days               lifetime of a new certificate
  --renew-before-days  how long before its end it is replaced
  --settle-seconds     how long an API server may take to act on a changed configuration`;

// On a fresh installation the program may start before what it works on is there; then it is called again by its Job.
const PAUSES = [2, 4, 8, 16];

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  let rotation: Rotation;
  try {
    rotation = rotationFrom(args);
  } catch (error) {
    log(`${plain(error)}\n\n${USAGE}`);
    return 2;
  }
  for (const pause of [...PAUSES, undefined]) {
    try {
      await rotate(rotation);
      return 0;
    } catch (error) {
      log(`${plain(error)}${pause === undefined ? '' : `; trying again in ${pause} s`}`);
      if (pause !== undefined) await wait(pause);
    }
  }
  return 1;
}

function rotationFrom(args: string[]): Rotation {
  const text = { type: 'string' } as const;
  const list = { type: 'string', multiple: true, default: [] as string[] } as const;
  const { values } = parseArgs({
    args,
    options: {
      ...{ secret: text, configuration: list, name: list, days: text },
      ...{ 'renew-before-days': text, 'settle-seconds': text },
    },
  });
  const [namespace = '', secret = '', ...rest] = (values.secret ?? '').split('/');
  if (namespace === '' || secret === '' || rest.length > 0) throw new Error('--secret must be NAMESPACE/NAME');
  if (values.configuration.length === 0) throw new Error('--configuration is missing');
  if (values.name.length === 0) throw new Error('--name is missing');
  const days = count('--days', values.days ?? '90', 1);
  const renewBeforeDays = count('--renew-before-days', values['renew-before-days'] ?? '30', 0);
  if (renewBeforeDays >= days) throw new Error('--renew-before-days must be less than --days');
  return {
    place: { kube: connectKube({}), namespace, secret, configurations: values.configuration },
    policy: { names: values.name, days, renewBeforeDays },
    settleSeconds: count('--settle-seconds', values['settle-seconds'] ?? '30', 0),
    now: () => new Date(),
    wait,
    log,
  };
}

function count(flag: string, value: string, lowest: number): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) < lowest)
    throw new Error(`${flag} must be a whole number from ${lowest} on`);
  return Number(value);
}

function log(line: string): void {
  process.stdout.write(`max-map-count: ${line}\n`);
}

async function wait(seconds: number): Promise<void> {
  await setTimeout(seconds * 1000);
}
