import type { CatalogueRow } from './catalogue-row.ts';
import { type Glob, longestPart, matchesGlob, nameWithoutNumber, parseGlob } from './image.ts';
import { type Json, type JsonObject, text } from './json.ts';
import { LIMITS } from './limits.ts';
import { Names } from './names.ts';
import { last } from './non-empty.ts';
import { isSettingOption, settingStart } from './options.ts';
import type { PodParts } from './pod.ts';

/** Everything by which the rows in force can be recognised, to be looked up: a pod with nothing of it has nothing to do with any. */
export interface CatalogueIndex {
  readonly variables: Names<readonly CatalogueRow[]>;
  /** Settings that a command line may hold, `-Ename=value`. */
  readonly arguments: ReadonlyMap<string, readonly CatalogueRow[]>;
  readonly containers: ReadonlyMap<string, readonly CatalogueRow[]>;
  /** Pattern's last components without a `*`. */
  readonly imageNames: ReadonlyMap<string, readonly CatalogueRow[]>;
  /** The fixed part of the other patterns' last components, and whose they are. */
  readonly imageWords: readonly Word[];
  readonly mounts: readonly Word[];
  readonly ports: ReadonlyMap<number, readonly CatalogueRow[]>;
  readonly labels: readonly LabelRows[];
  /** Any of the image words. */
  readonly anyImageWord: RegExp;
  /** The beginning of any of the mounts. */
  readonly anyMount: RegExp;
}

interface Word {
  readonly word: string;
  readonly rows: readonly CatalogueRow[];
}

interface LabelRows {
  readonly label: string;
  readonly value: Glob;
  readonly rows: readonly CatalogueRow[];
}

/** The label that charts put the name of their application in. */
export const APP_NAME = 'app.kubernetes.io/name';

/** The index of rows. */
export function indexOf(rows: readonly CatalogueRow[]): CatalogueIndex {
  const by = <Key>(keysOf: (row: CatalogueRow) => readonly Key[]): Map<Key, CatalogueRow[]> => {
    const found = new Map<Key, CatalogueRow[]>();
    for (const row of rows) for (const key of new Set(keysOf(row))) found.set(key, [...(found.get(key) ?? []), row]);
    return found;
  };
  const names = by((row) =>
    lastComponents(row)
      .filter((glob) => glob.length === 1)
      .map(([whole]) => whole),
  );
  const words = wordsOf(
    by((row) =>
      lastComponents(row)
        .filter((glob) => glob.length > 1)
        .map(longestPart),
    ),
  );
  const mounts = wordsOf(by((row) => row.mounts));
  const containers = by((row) => row.hints.containers);
  return {
    variables: new Names(by((row) => [...row.envSignals.keys()])),
    arguments: by((row) => row.env),
    containers,
    imageNames: names,
    imageWords: words,
    mounts,
    ports: by((row) => [...row.ownPorts]),
    labels: rows.flatMap((row) =>
      Object.entries(row.labels).map(([label, value]) => ({ label, value: parseGlob(value), rows: [row] })),
    ),
    anyImageWord: anyOf(words, (word) => word),
    anyMount: anyOf(mounts, (mount) => `^${mount}(?:/|$)`),
  };
}

function lastComponents({ publishedPatterns, namePatterns, hintImagePatterns }: CatalogueRow): Glob[] {
  return [...publishedPatterns, ...namePatterns, ...hintImagePatterns].map(({ path }) => last(path));
}

function wordsOf(found: ReadonlyMap<string, readonly CatalogueRow[]>): Word[] {
  return [...found].map(([word, rows]) => ({ word, rows }));
}

// A plain alternation of literals: nothing in it can repeat, so nothing can backtrack far.
function anyOf(words: readonly Word[], source: (escaped: string) => string): RegExp {
  const sources = words.map(({ word }) => source(word.replace(/[^\w/-]/g, '\\$&')));
  return new RegExp(sources.length > 0 ? sources.join('|') : NOTHING);
}

const NOTHING = '(?!)';

/** Which rows a pod has something of. */
export interface Sightings {
  /** The rows that a label of the pod names. */
  readonly ofPod: ReadonlySet<CatalogueRow>;
  /** The rows that something in a container speaks for, by the container as it was decoded. */
  readonly byContainer: ReadonlyMap<JsonObject, ReadonlySet<CatalogueRow>>;
}

/**
 * What speaks for any row, by itself or with others; undefined when nothing does. It only looks things up: nothing is
 * made, and no script is read, for a pod that has nothing to do with any row.
 */
export function look({ labels, containers, initContainers }: PodParts, index: CatalogueIndex): Sightings | undefined {
  const seen = new Seen();
  for (const { label, value, rows } of index.labels) {
    const found = labels === undefined ? undefined : text(labels, label);
    if (found !== undefined && matchesGlob(found, value)) for (const row of rows) seen.ofPod.add(row);
  }
  lookAtEach(containers, false, index, seen);
  lookAtEach(initContainers, true, index, seen);
  return seen.isEmpty ? undefined : seen;
}

class Seen implements Sightings {
  readonly ofPod = new Set<CatalogueRow>();
  readonly byContainer = new Map<JsonObject, Set<CatalogueRow>>();
  container: JsonObject = {};

  get isEmpty(): boolean {
    return this.ofPod.size === 0 && this.byContainer.size === 0;
  }

  add(rows: readonly CatalogueRow[] | undefined): void {
    if (rows === undefined) return;
    const known = this.byContainer.get(this.container);
    if (known) for (const row of rows) known.add(row);
    else this.byContainer.set(this.container, new Set(rows));
  }
}

function lookAtEach(list: readonly JsonObject[], isInit: boolean, index: CatalogueIndex, seen: Seen): void {
  const count = Math.min(list.length, LIMITS.containers.most);
  for (let at = 0; at < count; at += 1) {
    const container = list[at] as JsonObject;
    if (isInit && container.restartPolicy !== 'Always') continue;
    seen.container = container;
    lookAt(container, index, seen);
  }
}

function lookAt(container: JsonObject, index: CatalogueIndex, seen: Seen): void {
  const { name, image, env, volumeMounts, ports, command, args } = container;
  if (typeof name === 'string') seen.add(index.containers.get(name));
  if (typeof image === 'string' && image.length <= LIMITS.image.most) lookAtImage(image, index, seen);
  if (Array.isArray(env)) lookAtVariables(env, index, seen);
  if (Array.isArray(volumeMounts)) lookAtMounts(volumeMounts, index, seen);
  if (Array.isArray(ports)) lookAtPorts(ports, index, seen);
  if (Array.isArray(command)) lookAtWords(command, index, seen);
  if (Array.isArray(args)) lookAtWords(args, index, seen);
}

function lookAtVariables(list: readonly Json[], index: CatalogueIndex, seen: Seen): void {
  const count = Math.min(list.length, LIMITS.entries.most);
  for (let at = 0; at < count; at += 1) {
    const name = (list[at] as Partial<JsonObject> | null)?.name;
    if (typeof name === 'string') seen.add(index.variables.get(name));
  }
}

function lookAtImage(image: string, index: CatalogueIndex, seen: Seen): void {
  const at = image.indexOf('@');
  const end = at === -1 ? image.length : at;
  const slash = image.lastIndexOf('/', end - 1);
  const colon = image.indexOf(':', slash + 1);
  const name = image.slice(slash + 1, colon === -1 || colon > end ? end : colon);
  seen.add(index.imageNames.get(name) ?? index.imageNames.get(nameWithoutNumber(name)));
  if (!index.anyImageWord.test(name)) return;
  for (const { word, rows } of index.imageWords) if (name.includes(word)) seen.add(rows);
}

function lookAtMounts(list: readonly Json[], index: CatalogueIndex, seen: Seen): void {
  const count = Math.min(list.length, LIMITS.entries.most);
  for (let at = 0; at < count; at += 1) {
    const path = (list[at] as Partial<JsonObject> | null)?.mountPath;
    if (typeof path !== 'string' || !index.anyMount.test(path)) continue;
    for (const { word, rows } of index.mounts) if (path.startsWith(word)) seen.add(rows);
  }
}

// One port says nothing: half of all servers listen on 9000. Two of one row may be the set that it names.
function lookAtPorts(list: readonly Json[], index: CatalogueIndex, seen: Seen): void {
  const count = Math.min(list.length, LIMITS.entries.most);
  let known: CatalogueRow[] | undefined;
  for (let at = 0; at < count; at += 1) {
    const port = (list[at] as Partial<JsonObject> | null)?.containerPort;
    const rows = typeof port === 'number' ? index.ports.get(port) : undefined;
    if (!rows) continue;
    if (known) seen.add(rows.filter((row) => known?.includes(row)));
    known = known ? [...new Set([...known, ...rows])] : [...rows];
  }
}

function lookAtWords(list: readonly Json[], index: CatalogueIndex, seen: Seen): void {
  const count = Math.min(list.length, LIMITS.commandWords.most);
  for (let at = 0; at < count; at += 1) {
    const word = list[at];
    if (typeof word !== 'string') continue;
    const from = isSettingOption(list[at - 1]) ? 0 : settingStart(word);
    const equals = from === -1 ? -1 : word.indexOf('=', from);
    if (equals !== -1 && equals < LIMITS.name.most) seen.add(index.arguments.get(word.slice(from, equals)));
  }
}
