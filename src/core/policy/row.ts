import { APP_NAME } from '../catalogue-index.ts';
import type { CatalogueRow } from '../catalogue-row.ts';
import { globRegex, listLiteral, stringLiteral } from '../cel.ts';
import { ADDRESS, BETWEEN } from '../client.ts';
import { parsePattern } from '../image.ts';
import { START_SCRIPT } from '../runs.ts';
import { SIGNALS, THRESHOLD } from '../signals.ts';
import type { Workload } from '../workload.ts';
import { imageRegex, OFFICIAL, toolRegex } from './image-regex.ts';
import { mostOf, numberExpression } from './number.ts';
import { offExpression } from './off.ts';

/** What a row's expression has to know of the other rows. */
export interface Neighbours {
  /** What the variables of programs that use a server call it. */
  readonly clientNames: readonly string[];
  /** Tools of any row: a program of the same name may start no server. */
  readonly tools: readonly string[];
}

/** The name of the variable for a row. */
export function rowVariable({ name }: Pick<Workload, 'name'>): string {
  return `row_${name.replaceAll('-', '_')}`;
}

/**
 * What a row says of the servers, the containers that could run it, as a list `[rank, number]` for each. Rank 0: nothing;
 * 1: its settings are enough; 2: a name speaks for it, and that is not enough; 3: with the name it is. Number: what it
 * needs of the node; 0: nothing; negative: perhaps as much, but that cannot be told here.
 */
export function rowExpression(row: CatalogueRow, neighbours: Neighbours): string {
  const most = mostOf(row);
  return `variables.servers.map(c, {
  'server': dyn(c),
  'image': dyn(${imageExpression(row)}),
  'lookalike': dyn(${matches('c.image', imageRegex(row.notImages))}),
  'settings': dyn(${listLiteral(row.env)}.filter(s, s in c.names || s in c.options)),
  'mounted': dyn(${mountExpression(row)}),
  'labelled': dyn(${labelExpression(row)}),
  'annotated': dyn(variables.workload == ${stringLiteral(row.name)})
}).map(f, {
  'f': dyn(f),
  'alone': dyn(variables.servers.size() == 1),
  'named': dyn(f.labelled || f.annotated || f.image in ['image', 'image-name']),
  'vetoed': dyn(f.lookalike && f.image != '' || f.image == 'tool-name' && !f.labelled && f.settings.size() + (f.mounted ? 1 : 0) < 2),
  'points': dyn(f.image == 'image' || f.labelled || f.annotated ? ${SIGNALS.image.points} :
    ${pointsExpression(row)})
}).map(g, {
  'server': dyn(g.f.server),
  'elsewhere': dyn(!g.alone && (g.f.labelled || g.f.annotated) && (g.f.image != 'image' || g.vetoed)),
  'named': dyn(g.named),
  'enough': dyn(g.f.annotated || !g.vetoed && (g.points >= ${THRESHOLD - CLIENT} || g.points >= ${THRESHOLD} && !(${clientExpression(row, neighbours)})))
}).map(h, h.elsewhere ? [3, -${most}] : [
  h.named ? (h.enough ? 3 : 2) : (h.enough ? 1 : 0),
  !h.enough ? 0 :
  !(${plainExpression(row, neighbours)}) ? -${most} :
  ${offExpression(row, 'h.server')} ? 0 :
  ${numberExpression(row, 'h.server')}])`;
}

const CLIENT = SIGNALS['client-setting'].points;

function matches(text: string, regex: string): string {
  return `${text}.matches(${stringLiteral(regex)})`;
}

// What the image's name says, in the words of the signals.
function imageExpression(row: CatalogueRow): string {
  const isExact = (pattern: string) => parsePattern(pattern)?.isExact;
  const exact = row.images.filter(isExact);
  const rules = row.images.filter((pattern) => !isExact(pattern));
  const tool = toolRegex(row.toolWords);
  const named = tool === undefined ? `'image-name'` : `(${matches('c.image', tool)} ? 'tool-name' : 'image-name')`;
  return `${matches('c.image', imageRegex(exact, { numbered: true }))} ? 'image' :
    ${matches('c.image', imageRegex(rules))} ? ${named} :
    ${matches('c.image', imageRegex(row.hints.images, { numbered: true }))} ? 'image-hint' : ''`;
}

function mountExpression({ mounts }: CatalogueRow): string {
  if (mounts.length === 0) return 'false';
  return `c.mounts.exists(m, ${listLiteral(mounts)}.exists(d, m == d || m.startsWith(d + '/')))`;
}

function labelExpression({ labels }: CatalogueRow): string {
  const conditions = Object.entries(labels).map(([label, glob]) => {
    const key = stringLiteral(label);
    const value = `variables.labels[${key}]`;
    const fits = glob.includes('*') ? matches(value, `^${globRegex(glob)}$`) : `${value} == ${stringLiteral(glob)}`;
    return `${key} in variables.labels && ${fits}`;
  });
  return conditions.length > 0 ? conditions.join(' ||\n    ') : 'false';
}

// As src/core/score.ts adds up; what a client's address takes away comes later, since it costs most to look for.
function pointsExpression(row: CatalogueRow): string {
  const { env, argument, mount } = SIGNALS;
  const hints = row.hints.env.filter((name) => !row.env.includes(name));
  return `(f.settings.exists(s, s in f.server.names) ? ${env.points} : 0) + (f.settings.exists(s, s in f.server.options) ? ${argument.points} : 0) +
    (f.mounted ? ${mount.points} : 0) +
    (${listLiteral(hints)}.exists(s, s in f.server.names) ? ${SIGNALS['env-hint'].points} : 0) +
    ${portPoints(row)} +
    (f.image == '' && ${otherImage(row)} ? ${SIGNALS['other-image'].points} : 0) +
    [0, ${namePoints(row)}].max()`;
}

function portPoints({ hints, ownPorts }: CatalogueRow): string {
  const sets = hints.ports
    .filter((set) => set.length > 1)
    .map((set) => `[${set.join(', ')}].all(p, p in f.server.ports)`);
  const own = `[${[...ownPorts].join(', ')}].exists(p, p in f.server.ports)`;
  if (ownPorts.size === 0) return '0';
  const some = `(${own} ? ${SIGNALS.port.points} : 0)`;
  return sets.length > 0 ? `(${sets.join(' || ')} ? ${SIGNALS.ports.points} : ${some})` : some;
}

function otherImage({ toolWords }: CatalogueRow): string {
  const tool = toolRegex(toolWords);
  const isTool = tool === undefined ? '' : ` || ${matches('f.server.image', tool)}`;
  return `(f.lookalike || f.server.image != '' && ${matches('f.server.image', OFFICIAL)}${isTool})`;
}

function namePoints({ hints, ownPorts }: CatalogueRow): string {
  const called = listLiteral(hints.containers);
  const foreign = `f.server.ports.size() > 0 && ![${[...ownPorts].join(', ')}].exists(p, p in f.server.ports)`;
  const doubts = [
    ...(ownPorts.size > 0 ? [`(${foreign} ? ${SIGNALS['other-ports'].points} : 0)`] : []),
    `(object.spec.?restartPolicy.orValue('Always') != 'Always' ? ${SIGNALS['restart-policy'].points} : 0)`,
  ];
  return [
    `(f.image == 'image-name' ? ${SIGNALS['image-name'].points} : 0)`,
    `(f.image == 'image-hint' ? ${SIGNALS['image-hint'].points} : 0)`,
    `(f.server.name in ${called} ? ${SIGNALS['container-name'].points} : 0)`,
    `(variables.labels[?${stringLiteral(APP_NAME)}].orValue('') in ${called} ? ${SIGNALS['app-label'].points} : 0)`,
    ...doubts,
  ].join(' + ');
}

// The shape of src/core/client.ts: the server's name, perhaps a word between, and a word for an address at the end.
function clientExpression({ env, hints }: CatalogueRow, { clientNames }: Neighbours): string {
  const shape = `(?:${clientNames.join('|')})[-._](?:(?:${[...BETWEEN].join('|')})[-._])?(?:${[...ADDRESS].join('|')})`;
  const variable = matches('n', `(?i:(?:^|[-._])${shape}$)`);
  const argument = matches('g.f.server.line', `(?i:\\n--?(?:[^\\n=]*[-._])?${shape}(?:=|\\n))`);
  return `g.f.server.names.exists(n, !(n in ${listLiteral([...env, ...hints.env])}) && ${variable}) || ${argument}`;
}

// The image's own entry point, or a program that is known to start the server.
function plainExpression({ programs }: CatalogueRow, { tools }: Neighbours): string {
  const isTool = (name: string) => tools.includes(name.replace(/\.sh$/, ''));
  const known = programs.filter((program) => !isTool(program));
  const isClear = !tools.some((tool) => START_SCRIPT.test(tool) || START_SCRIPT.test(`${tool}.sh`));
  const script = isClear ? ` || ${matches('h.server.program', START_SCRIPT.source)}` : '';
  return `h.server.entry || h.server.program in ${listLiteral(known)}${script}`;
}
