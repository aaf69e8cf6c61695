// How a program that uses a server calls the setting that says where the server is. Frameworks and charts put words
// before it (SPRING_ELASTICSEARCH_URIS, QUARKUS_ELASTICSEARCH_HOSTS, GRAYLOG_ELASTICSEARCH_HOSTS), some put one between.
const ADDRESS = new Set(
  'URL URLS URI URIS HOST HOSTS ENDPOINT ENDPOINTS ADDR ADDRESS ADDRESSES NODES SERVER SERVERS SERVICE BASEURL SEEDS'.split(
    ' ',
  ),
);
const BETWEEN = new Set(['API', 'REST', 'HTTP', 'HOST', 'SERVER', 'CLIENT', 'BASE', 'CLUSTER']);

/**
 * True when a name such as `ES_URL`, `spring.elasticsearch.uris` or `es.server-urls` is that of a client's setting for
 * the address of a server; `names` are the server's names in upper case.
 */
export function isClientSetting(setting: string, names: ReadonlySet<string>): boolean {
  if (setting.length > LONGEST) return false;
  const words = setting.toUpperCase().split(/[._-]/);
  if (!ADDRESS.has(words.at(-1) ?? '')) return false;
  const before = words.at(-2) ?? '';
  return names.has(before) || (BETWEEN.has(before) && names.has(words.at(-3) ?? ''));
}

const LONGEST = 100;
