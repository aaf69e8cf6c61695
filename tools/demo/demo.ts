import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { type Supervisor, startSupervisor } from '../process/supervisor.ts';
import { type Binaries, findBinaries, findSome } from '../programs/binaries.ts';
import {
  readWebhookConfiguration,
  renderWebhookConfiguration,
  type WebhookConfiguration,
} from '../webhook/configuration.ts';
import { register } from '../webhook/register.ts';
import { startWebhookServer } from '../webhook/server.ts';
import { applyPolicy } from './policy.ts';
import { showKeptNodes, showPreparedNodes } from './prepared-nodes.ts';
import { realStage } from './real-stage.ts';
import { showKept } from './show.ts';
import { standInStage } from './stand-in-stage.ts';
import { playExample } from './story.ts';
import { heading, indented, print, progress, styled } from './terminal.ts';

/** What the demo is asked for. */
export interface DemoOptions {
  readonly keep: boolean;
  readonly preparedNodes: boolean;
  readonly engine: (typeof ENGINES)[number];
}

/** What patches the pods of the demo. */
export const ENGINES = ['webhook', 'admissionPolicy'] as const;

/** What setup-envtest brings is enough for the example; the other two are used where they are. */
const NEEDED = ['etcd', 'kube-apiserver', 'kubectl'] as const;
const USED = [...NEEDED, 'kube-controller-manager', 'helm'] as const;
const FOR_NODES = [...USED, 'kube-scheduler'] as const;
const NEEDED_FOR_POLICY = [...NEEDED, 'kube-controller-manager'] as const;
type Found = Binaries<(typeof NEEDED)[number]> & Partial<Binaries>;

/** Plays the demo; says by its answer, 0 or 1, whether everything was as it should be. */
export async function demo(options: DemoOptions): Promise<number> {
  const started = Date.now();
  const stop = async (supervisor: Pick<Supervisor, 'stop'>) => {
    await supervisor.stop();
    const seconds = Math.round((Date.now() - started) / 1000);
    print(`\nClean-up: every process is stopped and the temporary directory is gone (${seconds} s in all).`);
  };
  const found = programsFor(options);
  return found === undefined ? onStandIn(stop) : onControlPlane(found, options, stop);
}

/** The programs of a real control plane; undefined: there is none, and the example can do without. */
function programsFor({ keep, preparedNodes, engine }: DemoOptions): Found | undefined {
  // Only a real API server evaluates a policy.
  if (engine === 'admissionPolicy') return findBinaries(NEEDED_FOR_POLICY);
  if (preparedNodes) return findBinaries(FOR_NODES);
  const found = findSome(USED);
  return NEEDED.every((program) => found[program] !== undefined)
    ? (found as Found)
    : keep
      ? findBinaries(NEEDED)
      : undefined;
}

type Stop = (supervisor: Pick<Supervisor, 'stop'>) => Promise<void>;

async function onStandIn(stop: Stop): Promise<number> {
  print('There is no control plane on this machine, so this program plays the part of the API server.');
  print('`npm run control-plane` gets a real one, once; this command then runs on it.');
  heading(1, 'Stand in for the API server: nothing to start');
  const supervisor = await startSupervisor();
  try {
    const configuration = await startWebhook(supervisor, readWebhookConfiguration);
    return verdict(await playExample(standInStage(configuration)), 'elk patched, nginx left alone');
  } finally {
    await stop(supervisor);
  }
}

async function onControlPlane(
  binaries: Found,
  { keep, preparedNodes, engine }: DemoOptions,
  stop: Stop,
): Promise<number> {
  const { helm, 'kube-controller-manager': controllerManager } = binaries;
  const hasControllerManager = controllerManager !== undefined;
  heading(1, `Start etcd, kube-apiserver${hasControllerManager ? ' and kube-controller-manager' : ''}`);
  const options = { binaries, controllerManager: hasControllerManager, scheduler: preparedNodes };
  const controlPlane = await startControlPlane(options);
  try {
    indented(`Kubernetes ${controlPlane.version} answers at ${controlPlane.url}`);
    if (!hasControllerManager) indented('There is no controller manager: what it would make is made by this program.');
    const stage = await realStage(controlPlane, hasControllerManager);
    if (engine === 'admissionPolicy') await applyPolicy(controlPlane);
    else await registerWebhook(controlPlane, helm, preparedNodes ? ['preparedNodes.enabled=true'] : []);
    const code = preparedNodes
      ? verdict(await showPreparedNodes(controlPlane), 'elk on the prepared node, without privilege')
      : verdict(await playExample(stage), 'elk patched, nginx left alone');
    if (keep) {
      (preparedNodes ? showKeptNodes : showKept)(controlPlane, binaries.kubectl);
      await untilAskedToStop();
    }
    return code;
  } finally {
    await stop(controlPlane);
    if (!keep) print('`npm run demo -- --keep` leaves it running to look around.');
  }
}

async function registerWebhook(plane: ControlPlane, helm: string | undefined, set: readonly string[]): Promise<void> {
  const configuration = await startWebhook(plane.supervisor, (address) =>
    // A release name of its own, so that the README's `helm install` can be tried beside it.
    helm === undefined
      ? readWebhookConfiguration(address)
      : renderWebhookConfiguration({ ...address, helm, set, release: 'demo' }),
  );
  await register(plane, configuration);
}

/** Starts the built server, and gives back the chart's configuration that makes an API server call it. */
async function startWebhook(
  supervisor: Supervisor,
  configurationFor: (address: { url: string; authority: string }) => Promise<WebhookConfiguration>,
): Promise<WebhookConfiguration> {
  heading(2, 'Start the built webhook server, dist/server.js');
  const { url, authority } = await startWebhookServer(supervisor);
  indented(`It answers at ${url}`);
  heading(3, "Register the chart's MutatingWebhookConfiguration, with this URL in place of its Service");
  const configuration = await configurationFor({ url, authority: authority.certificate });
  for (const { name, clientConfig } of configuration.webhooks) indented(`${name} calls ${clientConfig.url}`);
  return configuration;
}

function verdict(problems: readonly string[], praise: string): number {
  for (const problem of problems) progress(styled('red', `WRONG: ${problem}`));
  if (problems.length > 0) return 1;
  print(`\n${styled('green', `As it should be: ${praise}.`)}`);
  return 0;
}

/** The handlers stay: npm passes on a Ctrl-C that the terminal has sent already, and the clean-up must outlive it. */
async function untilAskedToStop(): Promise<void> {
  await new Promise((resolve) => process.on('SIGINT', resolve).on('SIGTERM', resolve));
}
