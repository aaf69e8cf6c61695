// What `helm test` runs: asks the API server for a pod that needs the value, as a dry run, and looks at the answer.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, NAMESPACE: namespace } = process.env;
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'max-map-count-webhook-test' },
  spec: { containers: [{ name: 'elasticsearch', image: 'docker.elastic.co/elasticsearch/elasticsearch:8.19.0' }] },
};

/** Resolves to the answer's status, warnings and object. */
function createDry(body) {
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: `Bearer ${readFileSync(`${TOKEN}/token`, 'utf8').trim()}`,
      'Content-Type': 'application/json',
    };
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    const ca = readFileSync(`${TOKEN}/ca.crt`);
    const call = request({ host, port, path, method: 'POST', headers, ca, timeout: 35_000 }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode, headers } = response;
        resolve({ statusCode, warnings: headers.warning, object: JSON.parse(Buffer.concat(chunks).toString()) });
      });
    });
    call.on('timeout', () => call.destroy(new Error('the API server did not answer within 35 s')));
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}

function fail(...lines) {
  console.error(lines.filter(Boolean).join('\n'));
  process.exitCode = 1;
}

try {
  const { statusCode, warnings, object } = await createDry(pod);
  const applied = object.metadata?.annotations?.['max-map-count.io/applied'];
  if (statusCode !== 201) fail(`The API server refused the pod (${statusCode}): ${object.message}`, warnings);
  else if (applied) console.log(`The webhook patches pods of namespace ${namespace}: ${applied}`);
  else {
    fail(
      `The pod came back unpatched: the webhook was not called for namespace ${namespace}, or may not patch there.`,
      "Look at the webhook's log, the selectors of its MutatingWebhookConfiguration and the namespace's labels;",
      'the chart value test.namespace names another namespace.',
      warnings,
    );
  }
} catch (error) {
  fail(`The API server could not be asked: ${error.message}`);
}
