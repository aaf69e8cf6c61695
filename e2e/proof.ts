import { paragraph, renderStep } from '../tools/proof/steps.ts';
import type { Transcript } from '../tools/proof/transcript.ts';

/** The transcript of a run as a page for readers. */
export function renderProof({ date, versions, steps }: Transcript): string {
  const rows = Object.entries(versions).map(([name, version]) => `| ${name} | ${version} |`);
  return [
    '# Proof',
    '',
    ...paragraph(
      `What happens on a real node, as \`npm run e2e\` saw it on ${date}. That command writes this page: what was typed ` +
        'in this repository, and what was printed. The node is a kubelet with containerd on a real kernel, the webhook ' +
        'runs on it from the image that the Dockerfile makes, and Elasticsearch is the archive that its makers publish.',
    ),
    '| with | version |',
    '|---|---|',
    ...rows,
    '',
    ...paragraph(
      'No registry was asked. The base images that the Dockerfile names, and the images of the pods, were made of ' +
        "Debian's packages, npm's Node.js and the archive on Maven Central ([e2e/images](../e2e/images)). They are on the " +
        "node under the usual names, so that the digest in the name of the init container's image is not its own. There is " +
        "no kube-proxy and no DNS: the API server calls the webhook's endpoints.",
    ),
    ...steps.flatMap(renderStep),
  ].join('\n');
}
