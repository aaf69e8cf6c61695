import { adviceFor } from '../../src/cli/advise/advice.ts';
import { factsFrom } from '../../src/cli/advise/facts.ts';
import { adviceText } from '../../src/cli/advise/text.ts';
import { readConfig } from '../../src/config/read-config.ts';

/** What `advise` prints for three nodes of EKS with two servers. */
export function adviceExample(): string {
  const result = readConfig();
  if (!result.ok) throw new Error(result.problems.join('\n'));
  const nodeInfo = { osImage: 'Amazon Linux 2023.9.20251117', kubeletVersion: 'v1.37.1-eks-113cf36' };
  const nodes = ['a', 'b', 'c'].map((name) => ({ metadata: { name }, status: { nodeInfo } }));
  const pods = ['elasticsearch:9.2.0', 'apache/doris:be-3.0.8'].map((image, index) => {
    return {
      metadata: { namespace: 'search', name: `server-${index}` },
      spec: { containers: [{ name: 'server', image }] },
    };
  });
  const facts = factsFrom({ nodes, pods, namespaces: [] }, result.config.settings);
  return `\`\`\`text\n${adviceText(facts, adviceFor(facts), 37).trimEnd()}\n\`\`\``;
}
