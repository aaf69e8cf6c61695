import { PREFERRED, REQUIRED } from '../affinity.ts';
import { INJECT, STRATEGY } from '../annotations.ts';
import { listLiteral, stringLiteral } from '../cel.ts';
import { TUNED, TUNED_VALUE } from '../handled.ts';
import { CONTAINER_NAME } from '../init-container.ts';
import { MOST_ADDED_BYTES, MOST_ANNOTATION_BYTES } from '../patch.ts';
import { AUTOPILOT_CLASSES, BATCH_KINDS, GUEST_KERNEL, GVISOR, JOB_LABELS, TEMPLATE_KINDS } from '../placement.ts';
import { FILE_NAME, TELLING_NAME } from '../raise.ts';
import { ALL, MOST, type Variable, WORDS } from './facts.ts';

const runtime = `object.spec.?runtimeClassName.orValue('')`;
const selector = (key: string) => `object.spec.?nodeSelector[?${stringLiteral(key)}].orValue('')`;
const annotation = (key: string) => `variables.annotations[?${stringLiteral(key)}].orValue('')`;
const matches = (text: string, regex: RegExp) => `${text}.matches(${stringLiteral(regex.source)})`;

const UP_TO = `[${Array.from({ length: MOST.containers }, (_, at) => at).join(', ')}]`;
const INDEXES = `${UP_TO}.filter(i, i < variables.servers.size())`;
/** The indexes of the pod's own terms. */
export const INDEXES_OF_TERMS = `${UP_TO}.filter(i, i < variables.terms.size())`;

/** What becomes of a pod, once the rows have spoken; `rows` are their variables. */
export function verdictVariables(rows: readonly string[]): Variable[] {
  return [
    {
      name: 'verdicts',
      expression: `${INDEXES}
.map(i, [${rows.map((row) => `variables.${row}[i]`).join(', ')}])
.map(r, r.filter(s, s[0] == (r.exists(t, t[0] >= 2) ? 3 : 1)))
.map(r, r.size() == 0 ? [0, 0] : [r[0][0], r.all(s, s[1] == r[0][1]) ? r[0][1] : -r.map(s, s[1] < 0 ? -s[1] : s[1]).max()])`,
    },
    {
      name: 'needs',
      expression: `variables.verdicts.map(v, v[0] == (variables.verdicts.exists(w, w[0] == 3) ? 3 : 1) ? v[1] : 0)`,
    },
    {
      name: 'value',
      expression: `variables.servers.all(s, s.readable) && variables.needs.exists(n, n > 0) &&
variables.needs.all(n, variables.needs.exists(m, m >= -n)) ? variables.needs.max() : 0`,
    },
    {
      name: 'source',
      expression: `${INDEXES}.filter(i, variables.needs[i] == variables.value).map(i, variables.servers[i].resources)`,
    },
    ...CIRCUMSTANCES,
  ];
}

// Init containers end before the server starts: one of them may raise the value, or a privileged server itself.
const HANDLED = `${ALL}.exists(c, c.name == ${stringLiteral(CONTAINER_NAME)} || ${matches('c.name', TELLING_NAME)} ||
  (${WORDS}).exists(w, w.contains(${stringLiteral(FILE_NAME)}) || w.contains('$(') &&
    c.?env.orValue([]).exists(e, e.?value.orValue('') != '' && w.contains('$(' + e.name + ')')) &&
    (c.?securityContext.?privileged.orValue(false) || object.spec.?initContainers.orValue([]).exists(o, o.name == c.name)))) ||
${stringLiteral(TUNED)} in variables.labels && variables.value <= ${TUNED_VALUE} ||
object.spec.?nodeSelector.orValue({}).exists(k, k == variables.nodeLabel) ||
variables.terms.exists(t, t.?matchExpressions.orValue([]).exists(x, x.key == variables.nodeLabel)) ||
variables.preferences.exists(p, p.preference.?matchExpressions.orValue([]).exists(x, x.key == variables.nodeLabel))`;

const EXCLUDED = [
  `'kubernetes.io/config.mirror' in variables.annotations`,
  `object.spec.?os.?name.orValue('') == 'windows'`,
  `${selector('kubernetes.io/os')} == 'windows'`,
  `${selector('beta.kubernetes.io/os')} == 'windows'`,
  `${annotation(INJECT)} == 'false'`,
  // Also of a Job whose annotation names a workload: which names are rows, no expression but theirs knows.
  `variables.owners.exists(k, k in ${listLiteral(BATCH_KINDS)})`,
  `variables.owners.size() == 0 && object.spec.?restartPolicy.orValue('Always') != 'Always' &&
  ${listLiteral(JOB_LABELS)}.exists(l, l in variables.labels)`,
  matches(runtime, GVISOR),
  `variables.value <= variables.guaranteed && !variables.guestKernel`,
];

// Where no privileged container is allowed, whether or not nodes can be prepared.
const NO_NODES = [
  `object.spec.?schedulerName.orValue('') == 'fargate-scheduler'`,
  `'eks.amazonaws.com/fargate-profile' in variables.labels`,
  `${selector('type')} == 'virtual-kubelet'`,
  `object.spec.?tolerations.orValue([]).exists(t, t.?key.orValue('') == 'virtual-kubelet.io/provider')`,
];

const affinity = 'object.spec.?affinity.?nodeAffinity';

const CIRCUMSTANCES: readonly Variable[] = [
  { name: 'terms', expression: `${affinity}.?${REQUIRED}.?nodeSelectorTerms.orValue([])` },
  { name: 'preferences', expression: `${affinity}.?${PREFERRED}.orValue([])` },
  { name: 'guestKernel', expression: matches(runtime, GUEST_KERNEL) },
  { name: 'noNodes', expression: NO_NODES.join(' ||\n') },
  { name: 'handled', expression: HANDLED },
  { name: 'excluded', expression: EXCLUDED.join(' ||\n') },
  {
    name: 'affinityMode',
    expression: `variables.owners.exists(k, k in ${listLiteral([...TEMPLATE_KINDS])}) ? variables.nodeAffinityMode :
variables.nodeAffinityMode == 'required' && variables.terms.size() == 0 ? 'required' :
variables.preferences.size() == 0 ? 'preferred' : ''`,
  },
  {
    name: 'canAddAffinity',
    expression: `!variables.guestKernel && !variables.noNodes && variables.affinityMode != '' && variables.terms.size() <= ${MOST.containers} &&
object.spec.?nodeName.orValue('') == '' && !('DaemonSet' in variables.owners) &&
(variables.terms.size() == 0 || variables.terms.exists(t, !t.?matchFields.orValue([]).exists(x, x.key == 'metadata.name' && x.operator == 'In'))) &&
(variables.nodeAffinityMode != 'required' || variables.terms.size() == 0 || variables.terms.exists(t, ${hasSomething('t')}))`,
  },
  {
    name: 'annotationBytes',
    expression: `variables.annotations.map(k, bytes(k).size() + bytes(variables.annotations[k]).size()).sum()`,
  },
  {
    // A pod without room for what is added is the webhook's alone, which leaves out the profile that some API servers repeat there.
    name: 'canAddContainer',
    expression: `!variables.noNodes && variables.annotationBytes <= ${MOST_ANNOTATION_BYTES - MOST_ADDED_BYTES} && object.spec.?hostUsers.orValue(true) && !${matches(selector('cloud.google.com/compute-class'), AUTOPILOT_CLASSES)}`,
  },
  {
    name: 'allowed',
    expression: `namespaceObject.metadata.?labels[?'pod-security.kubernetes.io/enforce'].orValue(variables.clusterDefault) in ['baseline', 'restricted'] ?
variables.restrictedNamespaces : variables.privilegedNamespaces`,
  },
  {
    name: 'strategy',
    expression: `variables.allowed == 'init-container' && ${annotation(STRATEGY)} == 'node-affinity' ? 'node-affinity' : variables.allowed`,
  },
  {
    name: 'patch',
    expression: `variables.value == 0 || variables.excluded || variables.handled ? '' :
variables.strategy == 'init-container' && variables.canAddContainer ? 'init-container' :
variables.strategy == 'node-affinity' && variables.canAddAffinity ? 'node-affinity' : ''`,
  },
];

/** Whether a term of a node affinity matches any node at all. */
export function hasSomething(term: string): string {
  return `${term}.?matchExpressions.orValue([]).size() + ${term}.?matchFields.orValue([]).size() > 0`;
}
