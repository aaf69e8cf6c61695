import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import { outputOf, run } from '../process/run.ts';
import { versionOf } from '../programs/versions.ts';

const CHART = fileURLToPath(new URL('../../charts/max-map-count-webhook', import.meta.url));
const NAMESPACE = 'max-map-count';

const HEAD = `# max-map-count-webhook for people without helm: the chart's default objects, rendered. Needs cert-manager, which issues
# the certificate. Apply it with: kubectl apply --filename deploy/install.yaml
# Generated from charts/max-map-count-webhook, do not edit: kustomization.yaml shows how to change it.
apiVersion: v1
kind: Namespace
metadata:
  name: ${NAMESPACE}
  labels:
    pod-security.kubernetes.io/enforce: restricted
`;

/** deploy/install.yaml, rendered from the chart by helm. */
export async function installManifest(helm: string): Promise<{ readonly file: string; readonly text: string }> {
  const text = [HEAD, ...(await installObjects(helm))].join('---\n');
  return { file: 'deploy/install.yaml', text };
}

/** The objects of the chart for people without helm, with `--set` values of one's own, as YAML each. */
export async function installObjects(helm: string, set: readonly string[] = []): Promise<string[]> {
  const args = ['template', 'max-map-count-webhook', CHART, '--namespace', NAMESPACE, '--skip-tests', '--kube-version'];
  const values = set.flatMap((value) => ['--set', value]);
  const rendered = outputOf(await run(helm, [...args, versionOf('kubernetes'), ...values]));
  return parseAllDocuments(rendered).map((document) => {
    // Nothing here belongs to a helm release.
    document.deleteIn(['metadata', 'labels', 'helm.sh/chart']);
    document.deleteIn(['metadata', 'labels', 'app.kubernetes.io/managed-by']);
    return stringify(document.toJS(), { lineWidth: 0 });
  });
}
