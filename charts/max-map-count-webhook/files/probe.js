// What `helm test` runs: compares what the administrator promised of the nodes with what they have, then asks the API
// server for a pod that needs the value, as a dry run, and looks at the answer.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';
const VALUE = '/proc/sys/vm/max_map_count';
const {
  KUBERNETES_SERVICE_HOST: host,
  KUBERNETES_SERVICE_PORT: port,
  NAMESPACE: namespace,
  CLUSTER_DEFAULT: clusterDefault,
  GUARANTEED: guaranteed = '0',
  LABEL: label,
  NODE_NAME: node,
} = process.env;
// A value without a meaning: the webhook warns about it, which shows that it was called also where it patches nothing.
const ASKED = 'max-map-count.io/inject';
// Fit for the level restricted, so that a refusal is due to what was added.
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'max-map-count-webhook-test', annotations: { [ASKED]: 'helm-test' } },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'elasticsearch',
        image: 'docker.elastic.co/elasticsearch/elasticsearch:8.19.0',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
};

/** Resolves to the answer's status, warnings and object. */
function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: `Bearer ${readFileSync(`${TOKEN}/token`, 'utf8').trim()}`,
      'Content-Type': 'application/json',
    };
    const ca = readFileSync(`${TOKEN}/ca.crt`);
    const call = request({ host, port, path, method, headers, ca, timeout: 35_000 }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode, headersDistinct } = response;
        const warnings = (headersDistinct.warning ?? []).map((line) => line.replace(/^299 \S+ "(.*)"$/, '$1'));
        resolve({ statusCode, warnings, object: JSON.parse(Buffer.concat(chunks).toString()) });
      });
    });
    call.on('timeout', () => call.destroy(new Error('the API server did not answer within 35 s')));
    call.on('error', reject);
    call.end(body && JSON.stringify(body));
  });
}

function fail(...lines) {
  console.error(lines.flat().filter(Boolean).join('\n'));
  process.exitCode = 1;
}

/** Says where a node has less than `config.nodes.guaranteed`: by its label, or the node that this runs on by itself. */
async function compareNodes() {
  const here = Number(readFileSync(VALUE, 'utf8'));
  const low = here < Number(guaranteed) ? [`node ${node} has ${here}, as read on it`] : [];
  for (let next = ''; next !== undefined; ) {
    const { statusCode, object } = await ask('GET', `/api/v1/nodes?limit=250&continue=${encodeURIComponent(next)}`);
    if (statusCode !== 200) throw new Error(`the nodes could not be listed (${statusCode}): ${object.message}`);
    for (const { metadata } of object.items) {
      const value = metadata.labels?.[label];
      if (/^\d+$/.test(value ?? '') && Number(value) < Number(guaranteed)) {
        low.push(`node ${metadata.name} has ${value}, as its label ${label} says`);
      }
    }
    next = object.metadata.continue || undefined;
  }
  const promise = `config.nodes.guaranteed promises ${guaranteed} on every node`;
  if (low.length === 0) console.log(`${promise}: node ${node} has ${here}, and no label says less`);
  else
    fail(
      `${promise}, but`,
      low,
      'Pods that need more than these have crash there: lower the number, or raise the nodes.',
    );
}

function tellRefusal(message, warnings) {
  const level = /violates PodSecurity "(\w+):/.exec(message)?.[1];
  const isOurs = level !== undefined && message.includes('container "max-map-count"');
  const cure = [
    `podSecurity.clusterDefault is ${clusterDefault}, but the API server enforces ${level} where a namespace has no label of`,
    'its own, so it refuses every pod there that gets the init container. Upgrade with the preset of your platform (talos,',
    `tkg, rke2-hardened) or --set podSecurity.clusterDefault=${level}.`,
  ];
  fail(`The API server refused the pod: ${message}`, isOurs ? cure : warnings);
}

async function tryPod() {
  const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
  const { statusCode, warnings, object } = await ask('POST', path, pod);
  const ours = warnings.filter((warning) => warning.startsWith('max-map-count: '));
  const others = ours.filter((warning) => !warning.includes(ASKED));
  const applied = object.metadata?.annotations?.['max-map-count.io/applied'];
  const why = others.join('\n') || `every node has what it needs (config.nodes.guaranteed: ${guaranteed})`;
  if (statusCode !== 201) tellRefusal(object.message ?? String(statusCode), warnings);
  else if (applied) console.log(`The webhook patches pods of namespace ${namespace}: ${applied}`);
  else if (ours.length > 0)
    console.log(`The webhook was called for namespace ${namespace}, and left the pod alone: ${why}`);
  else {
    fail(
      `The pod came back unpatched: the webhook was not called for namespace ${namespace}.`,
      "Look at the webhook's log, the selectors of its MutatingWebhookConfiguration and the namespace's labels;",
      'the chart value test.namespace names another namespace.',
      warnings,
    );
  }
}

try {
  if (Number(guaranteed) > 0) await compareNodes();
  await tryPod();
} catch (error) {
  fail(`The API server could not be asked: ${error.message}`);
}
