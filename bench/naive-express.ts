// The webhook that one writes in an afternoon, to compare with: express.json, a deep copy, and a diff for the patch.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import express from 'express';
import fastJsonPatch from 'fast-json-patch';

const [port = '', certFile = '', keyFile = ''] = process.argv.slice(2);
const app = express().use(express.json({ limit: '4mb' }));

const SECURITY = { privileged: true, runAsUser: 0, runAsNonRoot: false, readOnlyRootFilesystem: true };
const COMMAND = ['/bin/sh', '-c', 'sysctl -w vm.max_map_count=262144'];

interface Container {
  readonly image: string;
  readonly resources?: object;
}

app.post('/mutate/init-container', (request, response) => {
  const { uid, namespace, object } = request.body.request;
  const patched = fastJsonPatch.deepClone(object);
  const found = patched.spec.containers.find(({ image }: Container) => image.includes('elasticsearch'));
  if (found) {
    const { resources } = found;
    const added = {
      name: 'max-map-count',
      image: 'busybox:1.37',
      command: COMMAND,
      resources,
      securityContext: SECURITY,
    };
    patched.spec.initContainers = [added, ...(patched.spec.initContainers ?? [])];
    patched.metadata.annotations = {
      ...patched.metadata.annotations,
      'max-map-count.io/applied': 'init-container=262144',
    };
    console.log(JSON.stringify({ level: 'info', msg: 'patched pod', namespace, uid }));
  }
  const operations = fastJsonPatch.compare(object, patched);
  const patch = operations.length > 0 && {
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
  };
  const answer = { uid, allowed: true, ...patch };
  response.json({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer });
});

createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, app).listen(Number(port), '127.0.0.1');
