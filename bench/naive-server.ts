// The webhook that one writes in an afternoon, to compare with: express.json, a deep copy, and a diff for the patch.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import express from 'express';
import fastJsonPatch from 'fast-json-patch';

const [port = '', certFile = '', keyFile = ''] = process.argv.slice(2);
const app = express().use(express.json({ limit: '4mb' }));

app.post('/mutate/init-container', (request, response) => {
  const { uid, object } = request.body.request;
  const patched = fastJsonPatch.deepClone(object);
  const images: string[] = patched.spec.containers.map((container: { image: string }) => container.image);
  if (images.some((image) => image.includes('elasticsearch'))) {
    const command = ['sysctl', '-w', 'vm.max_map_count=262144'];
    const added = { name: 'max-map-count', image: 'busybox', command, securityContext: { privileged: true } };
    patched.spec.initContainers = [added, ...(patched.spec.initContainers ?? [])];
  }
  const patch = Buffer.from(JSON.stringify(fastJsonPatch.compare(object, patched))).toString('base64');
  const answer = { uid, allowed: true, patchType: 'JSONPatch', patch };
  response.json({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer });
});

createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, app).listen(Number(port), '127.0.0.1');
