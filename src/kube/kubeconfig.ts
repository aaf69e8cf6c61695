import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { isObject } from '../core/json.ts';
import { codeOf, plain } from '../input/plain.ts';
import { readText } from '../input/read-text.ts';

/** The stanzas of kubeconfig files, merged as kubectl merges them, by name; paths in them are absolute. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, Stanza>;
  readonly clusters: ReadonlyMap<string, Stanza>;
  readonly users: ReadonlyMap<string, Stanza>;
  /** The files that are named but not there. */
  readonly missing: readonly string[];
}

/** A context, cluster or user: what its file says. */
export type Stanza = Readonly<Record<string, unknown>>;

// MiB, of one file.
const LARGEST = 16;

type Kind = 'contexts' | 'clusters' | 'users';

/**
 * Reads and merges kubeconfig files: the first that states a current context, or a stanza of a name, wins. Missing and
 * empty files are passed over; throws one plain line for any other that cannot be read (clientcmd's ClientConfigLoadingRules).
 */
export function readKubeconfigs(files: readonly string[]): Kubeconfig {
  const merged = { contexts: new Map(), clusters: new Map(), users: new Map() } satisfies Record<
    Kind,
    Map<string, Stanza>
  >;
  const missing: string[] = [];
  let currentContext = '';
  for (const file of new Set(files)) {
    const content = contentOf(file);
    if (content === undefined) missing.push(file);
    else {
      currentContext ||= text(content, 'current-context', file);
      for (const kind of ['contexts', 'clusters', 'users'] as const) addTo(merged[kind], content, kind, file);
    }
  }
  return { currentContext, ...merged, missing };
}

/** A text field of a stanza, empty where it is not given; throws where it is something else. */
export function text(stanza: Stanza, key: string, place: string): string {
  const value = stanza[key] ?? '';
  if (typeof value !== 'string') throw new Error(`${place}: ${key} is not a text`);
  return value;
}

function contentOf(file: string): Stanza | undefined {
  let source: string;
  try {
    source = readText(file, LARGEST);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Error(`kubeconfig ${file}: ${plain(error)}`);
  }
  return parsed(source, file);
}

function parsed(source: string, file: string): Stanza {
  let content: unknown;
  try {
    content = parse(source, { merge: true, uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  } catch (error) {
    throw new Error(`kubeconfig ${file}: ${plain(error)}`);
  }
  if (content === null || content === undefined) return {};
  if (!isObject(content)) throw new Error(`kubeconfig ${file}: is no map of clusters, users and contexts`);
  return content;
}

function addTo(known: Map<string, Stanza>, content: Stanza, kind: Kind, file: string): void {
  const place = `kubeconfig ${file}: ${kind}`;
  const list = content[kind] ?? [];
  if (!Array.isArray(list)) throw new Error(`${place} is no list`);
  const here = new Map<string, Stanza>();
  for (const [index, entry] of list.entries()) {
    if (!isObject(entry)) throw new Error(`${place}[${index}] is no map`);
    const name = text(entry, 'name', `${place}[${index}]`);
    if (here.has(name)) throw new Error(`${place} has the name "${name}" twice`);
    const stanza = entry[kind.slice(0, -1)] ?? {};
    if (!isObject(stanza)) throw new Error(`${place}[${index}] is no map`);
    here.set(name, withAbsolutePaths(stanza, resolve(dirname(file))));
  }
  for (const [name, stanza] of here) if (!known.has(name)) known.set(name, stanza);
}

const PATHS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

function withAbsolutePaths(stanza: Stanza, base: string): Stanza {
  const absolute = (path: unknown) => (typeof path === 'string' && path && !isAbsolute(path) ? join(base, path) : path);
  const paths = PATHS.filter((key) => key in stanza).map((key) => [key, absolute(stanza[key])] as const);
  const { exec } = stanza;
  // A bare name is looked up on PATH; one with a slash stands beside the file.
  const isPath = isObject(exec) && /[/\\]/.test(String(exec.command));
  return {
    ...stanza,
    ...Object.fromEntries(paths),
    ...(isPath && { exec: { ...exec, command: absolute(exec.command) } }),
  };
}
