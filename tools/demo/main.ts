// The demo: a real control plane, the built webhook, and the two Deployments of examples/elk.yaml. It is a check, too:
// it fails when the ELK pod is not patched or the nginx pod is.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plain } from '../../src/input/plain.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { outputOf } from '../process/run.ts';
import { findBinaries, MissingBinaries } from '../programs/binaries.ts';
import { renderWebhookConfiguration } from '../webhook/configuration.ts';
import { register } from '../webhook/register.ts';
import { startWebhookServer } from '../webhook/server.ts';
import { tellStory, UNSEEN_NAMESPACE } from './pods.ts';
import { showKeptNodes, showPreparedNodes } from './prepared-nodes.ts';
import { showAdmission, showDryRun, showKept } from './show.ts';
import { heading, indented, print, progress, styled } from './terminal.ts';
import { problemsOfPatched, problemsOfUntouched } from './verdict.ts';

const USAGE = `usage: npm run demo [-- [--prepared-nodes] [--keep]]

  --prepared-nodes   show instead how pods find prepared nodes where the init container is forbidden
  --keep             leave the control plane and the webhook running until Ctrl-C, and print the KUBECONFIG line
  --help             print this text`;
const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl', 'helm'] as const;
const EXAMPLE = 'examples/elk.yaml';

// A reader that has seen enough, such as head, ends the demo and all that it started.
process.stdout.on('error', () => process.exit(1));
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    progress(`${options}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    print(USAGE);
    return 0;
  }
  try {
    return await demo(options);
  } catch (error) {
    if (error instanceof MissingBinaries) progress(error.message);
    else progress(`The demo failed: ${plain(error)}`);
    return 1;
  }
}

interface DemoOptions {
  readonly keep: boolean;
  readonly preparedNodes: boolean;
}

function readOptions(args: string[]): (DemoOptions & { help: boolean }) | string {
  try {
    const boolean = { type: 'boolean', default: false } as const;
    const options = { keep: boolean, 'prepared-nodes': boolean, help: { ...boolean, short: 'h' } };
    const { keep, 'prepared-nodes': preparedNodes, help } = parseArgs({ args, options }).values;
    return { keep, preparedNodes, help };
  } catch (error) {
    return plain(error);
  }
}

async function demo({ keep, preparedNodes }: DemoOptions): Promise<number> {
  const started = Date.now();
  const programs = [...PROGRAMS, ...(preparedNodes ? (['kube-scheduler'] as const) : [])];
  const binaries = findBinaries(programs);
  heading(1, 'Start etcd, kube-apiserver and kube-controller-manager');
  const controlPlane = await startControlPlane({ binaries, scheduler: preparedNodes });
  try {
    indented(`Kubernetes ${controlPlane.version} answers at ${controlPlane.url}`);
    await installWebhook(controlPlane, binaries.helm, preparedNodes ? ['preparedNodes.enabled=true'] : []);
    const problems = await (preparedNodes ? showPreparedNodes : applyExample)(controlPlane);
    for (const problem of problems) progress(styled('red', `WRONG: ${problem}`));
    const praise = preparedNodes ? 'elk on the prepared node, without privilege' : 'elk patched, nginx left alone';
    if (problems.length === 0) print(`\n${styled('green', `As it should be: ${praise}.`)}`);
    if (keep) {
      (preparedNodes ? showKeptNodes : showKept)(controlPlane, binaries.kubectl);
      await untilAskedToStop();
    }
    return problems.length === 0 ? 0 : 1;
  } finally {
    await controlPlane.stop();
    const seconds = Math.round((Date.now() - started) / 1000);
    print(`\nClean-up: every process is stopped and the temporary directory is gone (${seconds} s in all).`);
    if (!keep) print('`npm run demo -- --keep` leaves it running to look around.');
  }
}

/** The handlers stay: npm passes on a Ctrl-C that the terminal has sent already, and the clean-up must outlive it. */
async function untilAskedToStop(): Promise<void> {
  await new Promise((resolve) => process.on('SIGINT', resolve).on('SIGTERM', resolve));
}

async function installWebhook(controlPlane: ControlPlane, helm: string, set: readonly string[]): Promise<void> {
  heading(2, 'Start the built webhook server, dist/server.js');
  const server = await startWebhookServer(controlPlane.supervisor);
  indented(`It answers at ${server.url}`);

  heading(3, "Register the chart's MutatingWebhookConfiguration, with this URL in place of its Service");
  const { certificate } = server.authority;
  // A release name of its own, so that the README's `helm install` can be tried beside it.
  const options = { helm, url: server.url, authority: certificate, set, release: 'demo' };
  const configuration = await renderWebhookConfiguration(options);
  await register(controlPlane, configuration);
  for (const { name, clientConfig } of configuration.webhooks) indented(`${name} calls ${clientConfig.url}`);
}

/** Applies the example, shows what became of its pods, and says what is wrong with them. */
async function applyExample({ kubectl }: ControlPlane): Promise<string[]> {
  const namespace = { metadata: { name: UNSEEN_NAMESPACE, labels: { 'max-map-count.io/inject': 'disabled' } } };
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', ...namespace });
  outputOf(await kubectl(['apply', '-f', '-'], { input }));

  heading(4, 'Apply the ELK Deployment and, beside it, an nginx Deployment');
  indented(`$ kubectl apply -f ${EXAMPLE}`, 'cyan');
  const applied = await kubectl(['apply', '-f', fileURLToPath(new URL(`../../${EXAMPLE}`, import.meta.url))]);
  indented(outputOf(applied));
  if (applied.stderr.trim() !== '') indented(applied.stderr, 'yellow');
  const elk = await tellStory(kubectl, 'elk-deployment');
  const nginx = await tellStory(kubectl, 'nginx-deployment');
  print();
  showAdmission([elk, nginx]);

  heading(5, 'The same pods by hand, as a dry run');
  const elkDryRun = await showDryRun(kubectl, elk);
  print();
  const nginxDryRun = await showDryRun(kubectl, nginx);
  return [
    ...[elk.admitted, elkDryRun].flatMap(problemsOfPatched),
    ...[nginx.admitted, nginxDryRun].flatMap(problemsOfUntouched),
  ];
}
