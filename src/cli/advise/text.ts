import { wrapped } from '../wrapped.ts';
import type { Advice } from './advice.ts';
import type { ClusterFacts, Demand } from './facts.ts';

const WIDTH = 100;
const WORDS: Readonly<Record<Advice['course'], string>> = {
  nothing: 'This cluster needs no webhook now',
  'nodes.guaranteed': 'Install the webhook with nodes.guaranteed',
  'prepared nodes': 'Prepare nodes, and let the webhook send pods there',
  webhook: 'Install the webhook',
};

/** The advice as paragraphs for a person. */
export function adviceText(facts: ClusterFacts, advice: Advice, minor: number | null): string {
  const { course, because, values } = advice;
  const install = course === 'nothing' ? 'If you install it for what may come, say so:' : 'The values:';
  const command = values.length > 0 ? `${install}\n\n  ${values.join(' ')}\n` : '';
  return [
    paragraph([nodesSentence(facts), demandsSentence(facts)].join(' ')),
    paragraph(`${WORDS[course]}: ${because}. ${cautions(facts, advice, minor).join(' ')}`.trim()),
    ...(command ? [command] : []),
  ].join('\n');
}

function nodesSentence({ platform, supply }: ClusterFacts): string {
  const { nodes, labelled, likely, unknown } = supply;
  const kinds = Object.entries(likely).map(([image, count]) => `${count} likely, as ${image} ships it`);
  const parts = [...(labelled > 0 ? [`${labelled} known by label`] : []), ...kinds];
  const all = unknown.length > 0 ? [...parts, `${unknown.length} not known`] : parts;
  return `${plural(nodes, 'node')}${platform ? ` of ${platform.title}` : ''}${all.length > 0 ? `: ${all.join(', ')}` : ''}.`;
}

function demandsSentence({ demands, uncertain }: ClusterFacts): string {
  const list = demands.map(({ workload, value, pods }: Demand) => `${plural(pods, 'pod')} of ${workload} (${value})`);
  const needed = list.length > 0 ? `Needed by ${list.join(', ')}.` : 'No pod needs vm.max_map_count.';
  return uncertain > 0
    ? `${needed} ${plural(uncertain, 'pod')} may need it: only a name says so, see explain.`
    : needed;
}

function cautions(
  { platform, supply, seesNamespaces }: ClusterFacts,
  { isCertain, course, page }: Advice,
  minor: number | null,
): string[] {
  const isTold = supply.unknown.length > 0 && course !== 'nothing';
  return [
    ...(isCertain ? [] : ['Likely is not known: read it on a node, or let preparedNodes.mode=label-only label all.']),
    ...(isTold ? [`Not known: ${someOf(supply.unknown)}.`] : []),
    ...(platform?.enforces ? [`${platform.title} enforces ${platform.enforces} in namespaces without a label.`] : []),
    ...(platform?.title === 'RKE2' ? ['With profile: cis add the preset rke2-hardened.'] : []),
    ...(seesNamespaces ? [] : ['Namespaces may not be listed, so their Pod Security levels are not considered.']),
    ...(course === 'webhook' && minor !== null && minor >= 36 ? [POLICY] : []),
    ...(page === null ? [] : [`More: docs/clusters/${page}`]),
  ];
}

const POLICY =
  'A cluster that wants no webhook can take the policy engine instead (engine=admissionPolicy), which is coarser.';

function someOf(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function paragraph(text: string): string {
  return `${wrapped(text, WIDTH).join('\n')}\n`;
}
