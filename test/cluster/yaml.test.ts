// The real kubectl and the plugin read the same awkward documents, and must find the same objects in them. `kubectl annotate
// --local` reads files as every command does, and asks no server.
import { describe, expect, it } from 'vitest';
import { objectsIn } from '../../src/cli/manifests/object.ts';
import { parseManifests } from '../../src/cli/yaml/parse.ts';
import { isObject, type JsonObject } from '../../src/core/json.ts';
import { run } from '../../tools/process/run.ts';
import { AWKWARD } from '../support/awkward-yaml.ts';
import { cluster } from '../support/cluster.ts';

const { available, binaries } = cluster();
describe.skipIf(!available)('the same objects as kubectl finds', () => {
  it.each(Object.entries(AWKWARD))('%s', async (_, [text, count]) => {
    const args = ['annotate', '--local', '-f', '-', 'read-by=kubectl', '-o', 'json'];
    const { stdout, code } = await run(binaries.kubectl, args, {
      input: text,
      env: { KUBECONFIG: '/nowhere', KUBERC: 'off' },
    });
    const manifests = parseManifests('test.yaml', text);
    const found = manifests.flatMap((manifest) => (manifest.ok ? objectsIn(manifest.content) : []));
    const objects = found.map(({ object }) => annotated(object));
    if (count === 0) {
      expect(code).not.toBe(0);
      expect(objects).toEqual([]);
      return;
    }
    expect(code).toBe(0);
    expect(manifests.filter(({ ok }) => !ok)).toEqual([]);
    expect(objects).toHaveLength(count);
    expect(objects).toEqual(printed(stdout));
  });
});

function annotated(object: JsonObject): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return { ...object, metadata: { ...metadata, annotations: { 'read-by': 'kubectl' } } };
}

function printed(stdout: string): unknown[] {
  return parseManifests('stdout', stdout).flatMap((manifest) => (manifest.ok ? [manifest.content] : []));
}
