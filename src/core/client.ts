import type { Catalogue } from './catalogue.ts';
import type { Evidence } from './decision.ts';
import { Names } from './names.ts';
import type { Container } from './pod.ts';

/**
 * How a program that uses a server calls the setting that says where the server is. Frameworks and charts put words before
 * it: SPRING_ELASTICSEARCH_URIS, QUARKUS_ELASTICSEARCH_HOSTS, GRAYLOG_ELASTICSEARCH_HOSTS.
 */
export const ADDRESS: ReadonlySet<string> = new Set(
  'URL URLS URI URIS HOST HOSTS ENDPOINT ENDPOINTS ADDR ADDRESS ADDRESSES NODES SERVER SERVERS SERVICE BASEURL SEEDS'.split(
    ' ',
  ),
);
/** What some put between the server's name and the word for its address. */
export const BETWEEN: ReadonlySet<string> = new Set([
  'API',
  'REST',
  'HTTP',
  'HOST',
  'SERVER',
  'CLIENT',
  'BASE',
  'CLUSTER',
]);

const ADDRESSES = new Names([...ADDRESS].map((word) => [word, true]));

/**
 * True when a name such as `ES_URL`, `spring.elasticsearch.uris` or `es.server-urls` is that of a client's setting for
 * the address of a server; `names` are the server's names in upper case.
 */
export function isClientSetting(setting: string, names: ReadonlySet<string>): boolean {
  const last = startOfWord(setting, setting.length);
  if (last < 2 || !ADDRESSES.mayHave(setting.length - last, setting.charCodeAt(last))) return false;
  if (!ADDRESSES.has(setting.slice(last).toUpperCase())) return false;
  const before = startOfWord(setting, last - 1);
  const word = setting.slice(Math.max(0, before), last - 1).toUpperCase();
  if (names.has(word)) return before !== -1;
  if (before < 2 || !BETWEEN.has(word)) return false;
  const earlier = startOfWord(setting, before - 1);
  return earlier !== -1 && names.has(setting.slice(earlier, before - 1).toUpperCase());
}

// Where the word that ends at `end` starts; -1 when it is longer than any that has a meaning here.
function startOfWord(name: string, end: number): number {
  const from = Math.max(0, end - LONGEST_WORD);
  for (let at = end; at >= from; at -= 1) {
    // The first word begins as if there were one before it.
    const code = at === 0 ? DOT : name.charCodeAt(at - 1);
    if (code === UNDERSCORE || code === DOT || code === DASH) return at;
  }
  return -1;
}

// A row's client names are words of this length at most, ELASTICSEARCH among them.
const LONGEST_WORD = 20;

const DASH = 45;
const DOT = 46;
const UNDERSCORE = 95;

/** The first variable or argument with which a container is told where some server is. */
export function clientEvidence(
  { name, path, env, command, args }: Container,
  { clientNames, serverVariables }: Catalogue,
): Evidence | undefined {
  const variable = env.find((each) => isClientSetting(each.name, clientNames) && !serverVariables.has(each.name));
  if (variable) return { signal: 'client-setting', container: name, path: variable.path, value: variable.name };
  for (const [key, words] of [
    ['/command', command],
    ['/args', args],
  ] as const) {
    const argument = words.find((word) => isClientSetting(optionName(word), clientNames));
    if (argument !== undefined)
      return { signal: 'client-argument', container: name, path: `${path}${key}`, value: argument.slice(0, 40) };
  }
  return undefined;
}

// `--es.uri=http://es:9200`, `-es-url`
function optionName(word: string): string {
  if (!word.startsWith('-')) return '';
  const equals = word.indexOf('=');
  return (equals === -1 ? word : word.slice(0, equals)).replace(/^--?/, '');
}
