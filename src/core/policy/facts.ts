import { WORKLOAD } from '../annotations.ts';
import { stringLiteral } from '../cel.ts';
import { REFERENCE } from './image-regex.ts';

/** A named expression of a policy, which later ones may use as `variables.NAME`. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/**
 * How large a pod may be: beyond it the policy looks no further, so that no expression exceeds what the API server lets one
 * cost (1,000,000). Pods of the corpus have at most a tenth.
 */
export const MOST = { containers: 20, entries: 500, name: 256, image: 520, characters: 30_000 };

/** A container's command line, of a container `c`. */
export const WORDS = `c.?command.orValue([]) + c.?args.orValue([])`;
/** Every container and init container of the pod. */
export const ALL = `(object.spec.containers + object.spec.?initContainers.orValue([]))`;

// `sh -c PROGRAM`: the only script that is read.
const SHELL = '^(?:(?:/usr)?/bin/)?(?:sh|bash|ash|dash|zsh|ksh)$';

/** What is read of the pod before any row is asked, in the order in which it is used. */
export const FACTS: readonly Variable[] = [
  { name: 'annotations', expression: 'object.metadata.?annotations.orValue({})' },
  { name: 'labels', expression: 'object.metadata.?labels.orValue({})' },
  { name: 'owners', expression: 'object.metadata.?ownerReferences.orValue([]).map(o, o.kind)' },
  { name: 'workload', expression: `variables.annotations[?${stringLiteral(WORKLOAD)}].orValue('')` },
  {
    name: 'readable',
    expression: `${ALL}.size() <= ${MOST.containers} &&
${ALL}.map(c, c.?env.orValue([]).size() + c.?volumeMounts.orValue([]).size() + c.?ports.orValue([]).size() +
  c.?command.orValue([]).size() + c.?args.orValue([]).size()).sum() <= ${MOST.entries} &&
${ALL}.all(c, c.name.size() <= ${MOST.name} && c.?env.orValue([]).all(e, e.name.size() <= ${MOST.name}) &&
  c.?volumeMounts.orValue([]).all(m, m.mountPath.size() <= ${MOST.name})) &&
${ALL}.map(c, c.?env.orValue([]).map(e, e.name.size() + e.?value.orValue('').size()).sum() + (${WORDS}).map(w, w.size()).sum()).sum() <= ${MOST.characters}`,
  },
  { name: 'servers', expression: serversExpression() },
];

// Main containers and native sidecars, with what the rows ask for. A line is a command's words, each behind a line break.
function serversExpression(): string {
  return `!variables.readable ? [] : (object.spec.containers +
  object.spec.?initContainers.orValue([]).filter(c, c.?restartPolicy.orValue('') == 'Always')).map(c, {
  'raw': dyn(c),
  'words': dyn((${WORDS}).exists(w, w.contains('\\n')) ? ['?'] : ${WORDS}),
  'entry': dyn(c.?command.orValue([]).size() == 0),
  'image': dyn(c.?image.orValue('').size() <= ${MOST.image} ? c.?image.orValue('') : '')
}).map(c, {
  'raw': dyn(c.raw),
  'words': dyn(c.words),
  'entry': dyn(c.entry),
  'image': dyn(c.image),
  'first': dyn(c.words.size() == 0 ? '' : c.words.size() == 3 && c.words[1] == '-c' && c.words[0].matches(${stringLiteral(SHELL)}) &&
    c.words[2].matches('^(?:exec )?[A-Za-z0-9_./-]+$') ? c.words[2].replace('exec ', '') : c.words[0])
}).map(d, {
  'name': dyn(d.raw.name),
  'resources': dyn(d.raw.?resources.orValue({})),
  'readable': dyn(d.image.matches(${stringLiteral(REFERENCE)})),
  'image': dyn(d.image.matches(${stringLiteral(REFERENCE)}) ? d.image : ''),
  'env': dyn(d.raw.?env.orValue([])),
  'names': dyn(d.raw.?env.orValue([]).map(e, e.name)),
  'mounts': dyn(d.raw.?volumeMounts.orValue([]).filter(m, !m.?readOnly.orValue(false)).map(m, m.mountPath)),
  'ports': dyn(d.raw.?ports.orValue([]).map(p, p.containerPort)),
  'entry': dyn(d.entry && (d.words.size() == 0 || d.words[0] == '' || d.words[0].startsWith('-'))),
  'program': dyn(d.first.contains('=') ? '' : d.first.substring(d.first.lastIndexOf('/') + 1)),
  'line': dyn('\\n' + d.words.join('\\n') + '\\n'),
  'options': dyn(('\\n' + d.words.join('\\n')).replace('\\n-E\\n', '\\n-E').replace('\\n-C\\n', '\\n-C').replace('\\n-D\\n', '\\n-D').split('\\n')
    .filter(w, w.matches('^-[ECD-][a-z][^=]*=')).map(w, w.substring(2, w.indexOf('='))))
})`;
}
