import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';
import { startControlPlane } from '../tools/control-plane/control-plane.ts';
import { findBinaries } from '../tools/programs/binaries.ts';
import { renderWebhookConfiguration } from '../tools/webhook/configuration.ts';
import { register } from '../tools/webhook/register.ts';
import { startWebhookServer } from '../tools/webhook/server.ts';
import { registerPolicy } from './policy.ts';
import { median, percentile } from './statistics.ts';

/** What creating a pod costs at the API server, in milliseconds of the clock. */
export interface ApiServerFigures {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
  /** What is added to the median of the first row, the median of the rounds. */
  readonly added: number;
}

interface Scenario {
  readonly name: string;
  readonly namespace: string;
  readonly pod: object;
  readonly rounds: number[][];
}

const SERVER = 'docker.elastic.co/elasticsearch/elasticsearch:8.15.0';
const OTHER = 'registry.example.com/shop/api:1.4.2';
const LOOKALIKE = 'quay.io/prometheuscommunity/elasticsearch-exporter:v1.9.0';

/** A pod of usual size. */
function pod(image: string): object {
  const env = Array.from({ length: 20 }, (_, index) => ({ name: `SETTING_${index}`, value: 'x' }));
  const container = {
    name: 'main',
    image,
    env,
    args: ['--port=8080', '--log-level=info'],
    ports: [{ containerPort: 8080 }],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'bench-' }, spec: { containers: [container] } };
}

/** Creates pods as dry runs at a real API server: with a webhook out of reach, not called, called, and with a policy. */
export async function measureApiServer(
  { rounds, creates }: { readonly rounds: number; readonly creates: number },
  say: (line: string) => void,
): Promise<ApiServerFigures[]> {
  const binaries = findBinaries(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl', 'helm']);
  say('starting a control plane');
  const controlPlane = await startControlPlane({ binaries });
  try {
    const { kubectl } = controlPlane;
    const { url, authority } = await startWebhookServer(controlPlane.supervisor);
    const configuration = await renderWebhookConfiguration({
      helm: binaries.helm,
      url,
      authority: authority.certificate,
    });
    await register(controlPlane, configuration);
    for (const name of ['without', 'policy']) {
      await kubectl(['create', 'namespace', name]);
      await kubectl(['label', 'namespace', name, 'max-map-count.io/inject=disabled']);
    }
    const scenario = (name: string, namespace: string, body: object): Scenario => ({
      name,
      namespace,
      pod: body,
      rounds: [],
    });
    const scenarios = [
      scenario('no webhook for the namespace', 'without', pod(SERVER)),
      scenario('match condition false', 'default', pod(OTHER)),
      scenario('called, nothing to do', 'default', pod(LOOKALIKE)),
      scenario('called, patched', 'default', pod(SERVER)),
    ];
    if (await registerPolicy(kubectl, 'policy', say)) {
      scenarios.push(
        scenario('MutatingAdmissionPolicy, nothing to do', 'policy', pod(OTHER)),
        scenario('MutatingAdmissionPolicy, patched', 'policy', pod(SERVER)),
      );
    }
    const create = await creator(controlPlane.url, controlPlane.authority, controlPlane.kubeconfig);
    for (let round = -1; round < rounds; round += 1) {
      say(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`);
      for (const one of [...scenarios, ...scenarios.toReversed()]) {
        const latencies = await createMany(create, one, creates);
        // The first round warms up.
        if (round >= 0) one.rounds.push(latencies);
      }
    }
    return scenarios.map((one) => figures(one, scenarios[0] ?? one));
  } finally {
    await controlPlane.stop();
  }
}

type Create = (namespace: string, pod: object) => Promise<void>;

/** Creates pods as the administrator, over one connection. */
async function creator(url: string, ca: string, kubeconfig: string): Promise<Create> {
  const { users } = parse(await readFile(kubeconfig, 'utf8')) as { users: [{ user: { token: string } }] };
  const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' };
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
  return (namespace, body) =>
    new Promise((resolve, reject) => {
      const target = new URL(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, url);
      const sent = request(target, { method: 'POST', headers, agent }, (response) => {
        const settle = () =>
          response.statusCode === 201 ? resolve() : reject(new Error(`the API server answers ${response.statusCode}`));
        response.resume().once('end', settle);
      });
      sent.once('error', reject).end(JSON.stringify(body));
    });
}

async function createMany(create: Create, one: Scenario, count: number): Promise<number[]> {
  const latencies: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = performance.now();
    await create(one.namespace, one.pod);
    latencies.push(performance.now() - start);
  }
  return latencies;
}

function figures({ name, rounds }: Scenario, first: Scenario): ApiServerFigures {
  const added = rounds.map((latencies, index) => median(latencies) - median(first.rounds[index] ?? []));
  const all = rounds.flat();
  return { name, p50: percentile(all, 0.5), p99: percentile(all, 0.99), added: median(added) };
}
