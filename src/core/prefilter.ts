// The match condition that keeps pods from the webhook which the detection cannot match, made of the rows in force.
//
// It is the twin of two steps: what `look` (catalogue-index.ts) sees, and which sums of SIGNALS reach the threshold. What
// settles the matter or makes the webhook ask the author (image, operator's label, setting, data folder) is enough here,
// whatever speaks against it. Small signs count at least what they count there: a name for two, since by itself it makes
// the webhook read the container's scripts, which cannot be read here: a command line with a `=` counts for the settings that
// may be in it. The helm chart fills the same text in: templates/_prefilter.tpl.
import { globRegex, listLiteral, NEVER_MATCHES, stringLiteral } from './cel.ts';
import { LIMITS } from './limits.ts';
import { type PrefilterWords, type RecognisedBy, wordsOf } from './prefilter-words.ts';

/** The name of the match condition. */
export const PREFILTER = 'may-run-a-workload';

/**
 * What the condition looks at, over the whole pod; a pod with more is sent to the webhook. Far above what people's pods have, and
 * all of it at once does not spend the API server's budget for an expression: test/cluster/prefilter.test.ts. The characters are
 * those of commands and of mount paths: on 1.34 three megabytes of paths spent the budget.
 */
export const PREFILTER_LIMITS = { containers: 20, entries: 1000, mounts: 200, characters: 50_000 } as const;

/** What the rows may say in all: the price of a pod at its bounds grows with the folders, and with the text about images. */
export const PREFILTER_ROWS = { words: 250, imageCharacters: 1500 } as const;

/** The condition with a line in the place of each list of words, and two marks in the expression for images. */
export const PREFILTER_TEXT = `// An annotation asks for something,
has(object.metadata.annotations) && [
  'max-map-count.io/inject', 'max-map-count.io/strategy', 'max-map-count.io/workload'
].exists(key, key in object.metadata.annotations)
// or an operator's label says what the pod is,
|| has(object.metadata.labels) && dyn([
  %LABELS%
]).exists(label, label[0] in object.metadata.labels && (label[1] == '*' || label[1] == object.metadata.labels[label[0]]))
// or the pod is larger than what is looked at here,
|| [object.spec.containers + object.spec.?initContainers.orValue([])].exists(containers,
  containers.size() > ${PREFILTER_LIMITS.containers}
  || containers.map(c, c.?env.orValue([]).size() + c.?volumeMounts.orValue([]).size() + c.?ports.orValue([]).size()
    + c.?command.orValue([]).size() + c.?args.orValue([]).size()).sum() > ${PREFILTER_LIMITS.entries}
  || containers.map(c, c.?volumeMounts.orValue([]).size()).sum() > ${PREFILTER_LIMITS.mounts}
  || containers.map(c, (c.?command.orValue([]) + c.?args.orValue([]) + c.?volumeMounts.orValue([]).map(m, m.mountPath))
    .map(word, word.size()).sum()).sum() > ${PREFILTER_LIMITS.characters})
// or one of its containers or native sidecars
|| (object.spec.containers
  + object.spec.?initContainers.orValue([]).filter(c, c.?restartPolicy.orValue('') == 'Always')).exists(c,
  // has an image that is called as a product,
  has(c.image) && c.image.size() <= ${LIMITS.image.most} && c.image.matches(
    '(?:^|/)(?:(?:%IMAGE_NAMES%)(?:[-_]?v?[0-9.]+)?|[^/:@]*(?:%IMAGE_PARTS%)[^/:@]*)(?::[^/@]*)?(?:@|$)')
  // or mounts a folder where a server keeps its data,
  || c.?volumeMounts.orValue([]).map(mount, mount.mountPath + '/').exists(path, [
    %MOUNTS%
  ].exists(folder, path.startsWith(folder)))
  || [c.?command.orValue([]) + c.?args.orValue([])].exists(words,
    [c.?env.orValue([]).map(variable, variable.name) + words.map(word, word.split('=', 2)[0])
      + words.filter(word, word.startsWith('-') && word.size() > 2).map(word, word.substring(2).split('=', 2)[0])
    ].exists(names,
      // or has a setting that only a server reads, as a variable or an option (-Ename=value, -E name=value, --name=value),
      names.exists(name, name in [
        %SETTINGS%
      ])
      // or has small signs of one that add up: a variable or its name (2), ports, the application's label, settings in scripts.
      || (names.exists(name, name in [
        %HINTS%
      ]) ? 2 : 0)
      + [c.name, c.name, object.metadata.?labels[?'app.kubernetes.io/name'].orValue(dyn(''))].filter(name, name in [
        %NAMES%
      ]).size()
      + c.?ports.orValue([]).filter(port, port.containerPort in [
        %PORTS%
      ]).size()
      + (words.exists(word, word.contains('=')) ? 1 : 0) > 2)))`;

/** The condition's expression, or why the rows have none, in which case every pod has to be sent to the webhook. */
export type Prefilter =
  | { readonly ok: true; readonly expression: string }
  | { readonly ok: false; readonly problem: string };

/** The expression that is true for every pod of which the detection says anything but that it matches none of these rows. */
export function prefilterOf(rows: readonly RecognisedBy[]): Prefilter {
  const words = wordsOf(rows);
  const lists = slotsOf(words);
  const strange = Object.values(lists)
    .flat()
    .find((word) => !PLAIN.test(word));
  if (strange !== undefined)
    return { ok: false, problem: `${JSON.stringify(strange)} has characters that the prefilter does not take` };
  const images = [...words.imageNames, ...words.imageParts];
  const count = Object.values(lists).flat().length + images.length;
  if (count > PREFILTER_ROWS.words)
    return { ok: false, problem: `the rows have ${count} words, more than the ${PREFILTER_ROWS.words} of a prefilter` };
  const characters = images.join('').length;
  if (characters > PREFILTER_ROWS.imageCharacters)
    return {
      ok: false,
      problem: `the names of images have ${characters} characters, more than the ${PREFILTER_ROWS.imageCharacters} of a prefilter`,
    };
  return { ok: true, expression: fill(words, lists) };
}

// Written between quotes without escapes, here and in the chart.
const PLAIN = /^[!-$&(-[\]-~]*$/;

/** The items of each list, by the name of its line. */
function slotsOf(words: PrefilterWords): Readonly<Record<string, readonly string[]>> {
  return {
    LABELS: words.labels.map((label) => label.join('=')),
    MOUNTS: words.mounts,
    SETTINGS: words.settings,
    HINTS: words.hints,
    NAMES: words.names,
    PORTS: words.ports.map(String),
  };
}

function fill({ imageNames, imageParts }: PrefilterWords, lists: Readonly<Record<string, readonly string[]>>): string {
  const lines = PREFILTER_TEXT.split('\n').flatMap((line) => {
    const [, indent = '', slot = ''] = /^( *)%(\w+)%$/.exec(line) ?? [];
    const items = lists[slot];
    return items === undefined ? [line] : folded(items.map(literalFor(slot))).map((text) => `${indent}${text}`);
  });
  return lines
    .join('\n')
    .replace('%IMAGE_NAMES%', () => alternatives(imageNames))
    .replace('%IMAGE_PARTS%', () => alternatives(imageParts));
}

function literalFor(slot: string): (word: string) => string {
  if (slot === 'PORTS') return (word) => word;
  if (slot !== 'LABELS') return stringLiteral;
  return (word) => listLiteral([word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
}

const WIDTH = 100;

// As many as fit into each line.
function folded(items: readonly string[]): string[] {
  const lines: string[] = [];
  items.forEach((item, index) => {
    const text = index < items.length - 1 ? `${item},` : item;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= WIDTH) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(text);
  });
  return lines;
}

function alternatives(words: readonly string[]): string {
  return words.length > 0 ? words.map((word) => globRegex(word)).join('|') : NEVER_MATCHES;
}
