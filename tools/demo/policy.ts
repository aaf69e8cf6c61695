import { fileURLToPath } from 'node:url';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { eventually } from '../process/eventually.ts';
import { outputOf, run } from '../process/run.ts';
import { heading, indented } from './terminal.ts';
import { CONTAINER } from './verdict.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const SECONDS = 60;

/** Applies the policy that the built plugin prints, and waits until the API server acts on it. */
export async function applyPolicy({ kubectl }: ControlPlane): Promise<void> {
  heading(2, 'Apply the MutatingAdmissionPolicy: no server, no certificate, no port');
  indented('$ kubectl max-map-count render admission-policy | kubectl apply -f -', 'cyan');
  const policy = outputOf(await run(process.execPath, [CLI, 'render', 'admission-policy']));
  indented(outputOf(await kubectl(['apply', '-f', '-'], { input: policy })));
  heading(3, 'Wait until the API server acts on it');
  const names = '{.spec.initContainers[*].name}';
  const args = ['run', 'probe', '--image', 'elasticsearch:9.0.0', '--dry-run=server', '-o', `jsonpath=${names}`];
  const inForce = async () => {
    if (outputOf(await kubectl(args)) !== CONTAINER) throw new Error('a dry run of a pod shows no change');
  };
  await eventually('waiting for the policy', inForce, { seconds: SECONDS });
  indented('A dry run of an Elasticsearch pod shows the init container.');
}
