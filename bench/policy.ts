import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Kubectl } from '../tools/control-plane/kubectl.ts';
import { outputOf, run } from '../tools/process/run.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const SETTLE_MILLISECONDS = 5_000;

/** Registers the MutatingAdmissionPolicy of this version for one namespace; false, and says so, where there is none. */
export async function registerPolicy(
  kubectl: Kubectl,
  namespace: string,
  say: (line: string) => void,
): Promise<boolean> {
  const { code, stdout } = await run(process.execPath, [CLI, 'render', 'admission-policy']);
  if (code !== 0) {
    say('LEFT OUT: the policy, which this version cannot render');
    return false;
  }
  outputOf(await kubectl(['apply', '-f', '-'], { input: stdout }));
  const bindings = outputOf(await kubectl(['get', 'mutatingadmissionpolicybindings', '-o', 'name'])).trim();
  const selector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  const patch = JSON.stringify({ spec: { matchResources: { namespaceSelector: selector } } });
  for (const binding of bindings.split('\n')) {
    outputOf(await kubectl(['patch', binding, '--type=merge', '-p', patch]));
  }
  await sleep(SETTLE_MILLISECONDS);
  return true;
}
