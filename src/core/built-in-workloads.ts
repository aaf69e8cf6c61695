import type { WorkloadInput } from './workload.ts';

// A repository name that holds one of these words is a tool for the server, not the server: `elasticsearch-exporter`,
// `kafka-connect-elasticsearch`. The word rule and its reasons: docs/detection.md.
const TOOLS = `
  adapter admin airflow alert apiserver autoscal backup beat bench bigdesk bridge browser camunda cerebro cert chaos check
  clean collector connect console consumer controller crawl curator dashboard data-prepper debezium dump explorer export
  flink fluent forwarder gateway grafana hadoop health helper import jaeger jmx kafka keystore kibana kopf kopia loader logstash
  manager mcp metric migrat monitor nagios nginx nifi opentelemetry operator otel paramedic performance-analyzer presto
  probe processor producer prometheus- proxy publish python rally rclone reindex restic restore retention rotat scan scrape script seeder
  setup shipper sidecar sink snapshot spark stress superset sync syslog telegraf template temporal tool trino util velero viewer
  vue wait webhook webui worker zabbix
`
  .trim()
  .split(/\s+/)
  .map((word) => `*${word}*`);

// Short words, and words that can be part of another one, count only as a whole.
const SHORT_TOOLS =
  'agent api app bundle cli client cron cronjob gui head hq ilm init initializer job jobs php py query sdk sql test tests ui vector web'
    .split(' ')
    .flatMap((word) => [`*-${word}`, `*_${word}`, `*-${word}-*`, `${word}-*`]);

const NOT_SERVERS = [...TOOLS, ...SHORT_TOOLS];

// Read in the JVM options of Elasticsearch and its forks; the check itself: elastic/elasticsearch BootstrapChecks.java.
const BOOTSTRAP_CHECKS: Pick<WorkloadInput, 'bootstrapChecks' | 'notRequired'> = {
  bootstrapChecks: true,
  notRequired: [
    { setting: 'node.store.allow_mmap', value: 'false' },
    { setting: 'node.store.allow_mmapfs', value: 'false' },
  ],
};

// The command-line tools of Elasticsearch and its forks, named after the server.
function commandLineTools(server: string): string[] {
  return (
    'certgen certutil cli create-enrollment-token croneval env env-from-file geoip keystore migrate node plugin reconfigure-node ' +
    'reset-password saml-metadata service-tokens setup-passwords shard sql-cli syskeygen translog upgrade users'
  )
    .split(' ')
    .map((tool) => `${server}-${tool}`);
}

// The scripts of OpenSearch's security plugin.
const SECURITY_TOOLS = [
  'securityadmin.sh',
  'securityadmin_demo.sh',
  'opensearch-onetime-setup.sh',
  'indexer-security-init.sh',
];

/** The built-in rows: the product families that refuse to start below a value, with where each number comes from. */
export const BUILT_IN: readonly WorkloadInput[] = [
  {
    name: 'elasticsearch',
    title: 'Elasticsearch',
    images: [
      'elasticsearch',
      'elasticsearch-oss',
      'elasticsearch-wolfi',
      'docker-elasticsearch',
      'docker-elasticsearch-kubernetes',
      'sg-elasticsearch',
      'search-guard-flx-elasticsearch',
      'sebp/elk',
      'sebp/elkx',
      '*elasticsearch*',
      '*elastic-search*',
      '*elastic_search*',
    ],
    notImages: [...NOT_SERVERS, '*indexer*', '*opendistro*', 'mcp/*'],
    env: [
      'discovery.seed_hosts',
      'discovery.seed_providers',
      'discovery.type',
      'discovery.zen.ping.unicast.hosts',
      'discovery.zen.minimum_master_nodes',
      'cluster.initial_master_nodes',
      'node.roles',
      'node.master',
      'node.data',
      'node.ingest',
      'node.store.allow_mmap',
      'ELASTICSEARCH_CLUSTER_HOSTS',
      'ELASTICSEARCH_CLUSTER_MASTER_HOSTS',
      'ELASTICSEARCH_NODE_ROLES',
      'ES_SETTING_DISCOVERY_TYPE',
      'ES_SETTING_DISCOVERY_SEED__HOSTS',
      'ES_SETTING_CLUSTER_INITIAL__MASTER__NODES',
      'ES_SETTING_NODE_ROLES',
    ],
    mounts: [
      '/usr/share/elasticsearch/data',
      '/bitnami/elasticsearch',
      '/bitnami/elasticsearch/data',
      '/var/lib/elasticsearch',
    ],
    labels: { 'common.k8s.elastic.co/type': 'elasticsearch' },
    hints: {
      env: ['ES_JAVA_OPTS', 'ES_HEAP_SIZE', 'ELASTICSEARCH_HEAP_SIZE', 'MAX_MAP_COUNT'],
      ports: [
        [9200, 9300],
        [9200, 5601],
      ],
      containers: ['elasticsearch', 'elk'],
      images: ['elk', 'elkx', 'es', 'elastic'],
      versionLabel: 'elasticsearch.k8s.elastic.co/version',
    },
    required: 262_144,
    // The check came with 5.0; these are the series before it. OpenShift tags its builds of 5 and 6 v3.11 and v4.x.
    earlier: [
      { from: '0.16', before: '0.91', required: 0 },
      { from: '1.0', before: '1.8', required: 0 },
      { from: '2.0', before: '2.5', required: 0 },
    ],
    recommended: { value: 1_048_576, since: '8.16' },
    ...BOOTSTRAP_CHECKS,
    settingPrefixes: ['ELASTICSEARCH_', 'ES_'],
    programs: ['elasticsearch', 'eswrapper'],
    tools: [...commandLineTools('elasticsearch'), 'esrally'],
    clientNames: ['ES', 'ELASTIC', 'ELASTICSEARCH'],
    // https://github.com/elastic/cloud-on-k8s/issues/5410
    notRoot: [
      { images: ['elasticsearch', 'elasticsearch-oss', 'elasticsearch-wolfi'], from: '8' },
      { images: ['bitnami*/elasticsearch'] },
    ],
    source: 'https://elastic.co/docs/deploy-manage/deploy/self-managed/vm-max-map-count',
  },
  {
    name: 'opensearch',
    title: 'OpenSearch and Open Distro',
    images: ['opensearch', 'opendistro-for-elasticsearch', '*opensearch*', '*opendistro*elasticsearch*'],
    notImages: [...NOT_SERVERS, '*indexer*', 'mcp/*'],
    env: [
      'cluster.initial_cluster_manager_nodes',
      'discovery.seed_hosts',
      'discovery.type',
      'cluster.initial_master_nodes',
      'node.roles',
      'node.store.allow_mmap',
      'OPENSEARCH_CLUSTER_HOSTS',
      'OPENSEARCH_CLUSTER_MASTER_HOSTS',
      'OPENSEARCH_NODE_ROLES',
    ],
    mounts: ['/usr/share/opensearch/data', '/bitnami/opensearch', '/bitnami/opensearch/data'],
    labels: {
      'opensearch.org/opensearch-cluster': '*',
      'opensearch.org/opensearch-nodepool': '*',
      'opster.io/opensearch-cluster': '*',
      'opster.io/opensearch-nodepool': '*',
    },
    hints: {
      env: [
        'OPENSEARCH_JAVA_OPTS',
        'OPENSEARCH_INITIAL_ADMIN_PASSWORD',
        'OPENSEARCH_HEAP_SIZE',
        'DISABLE_SECURITY_PLUGIN',
      ],
      ports: [[9200, 9300]],
      containers: ['opensearch'],
    },
    required: 262_144,
    ...BOOTSTRAP_CHECKS,
    settingPrefixes: ['OPENSEARCH_'],
    programs: ['opensearch'],
    tools: [...commandLineTools('opensearch'), ...SECURITY_TOOLS],
    clientNames: ['OPENSEARCH'],
    notRoot: [{ images: ['opensearch'] }],
    source: 'https://docs.opensearch.org/1.0/opensearch/install/important-settings',
  },
  {
    name: 'wazuh-indexer',
    title: 'Wazuh indexer',
    images: ['wazuh-indexer', '*wazuh-indexer*'],
    notImages: NOT_SERVERS,
    env: ['cluster.initial_cluster_manager_nodes'],
    mounts: ['/var/lib/wazuh-indexer'],
    hints: {
      env: ['OPENSEARCH_JAVA_OPTS', 'discovery.seed_hosts'],
      ports: [[9200, 9300]],
      containers: ['wazuh-indexer'],
    },
    required: 262_144,
    ...BOOTSTRAP_CHECKS,
    settingPrefixes: ['WAZUH_INDEXER_', 'OPENSEARCH_'],
    programs: ['opensearch'],
    tools: [...commandLineTools('opensearch'), ...SECURITY_TOOLS],
    notRoot: [{ images: ['wazuh-indexer'] }],
    source:
      'https://github.com/wazuh/wazuh-kubernetes/blob/main/wazuh/indexer_stack/wazuh-indexer/cluster/indexer-sts.yaml',
  },
  {
    name: 'graylog-datanode',
    title: 'Graylog Data Node',
    images: ['graylog-datanode', 'graylog-data-node', '*graylog-datanode*', '*graylog-data-node*'],
    notImages: NOT_SERVERS,
    env: [
      'GRAYLOG_DATANODE_NODE_ID_FILE',
      'GRAYLOG_DATANODE_PASSWORD_SECRET',
      'GRAYLOG_DATANODE_MONGODB_URI',
      'GRAYLOG_DATANODE_OPENSEARCH_DISCOVERY_SEED_HOSTS',
    ],
    mounts: ['/var/lib/graylog-datanode'],
    hints: { ports: [[8999, 9200, 9300]], containers: ['graylog-datanode', 'datanode'] },
    required: 262_144,
    source: 'https://github.com/Graylog2/docker-compose/issues/53',
  },
  {
    name: 'sonarqube',
    title: 'SonarQube',
    images: ['sonarqube', '*sonarqube*'],
    notImages: [
      ...NOT_SERVERS,
      '*:*datacenter-app*',
      '*datacenter-app*',
      'mcp/*',
      '*sonar-scan*',
      '*cnes*',
      '*quality-gate*',
    ],
    env: [
      'SONAR_JDBC_URL',
      'SONARQUBE_JDBC_URL',
      'SONARQUBE_DATABASE_HOST',
      'SONAR_WEB_JAVAOPTS',
      'SONAR_CE_JAVAOPTS',
      'SONAR_SEARCH_JAVAOPTS',
      'SONAR_SEARCH_JAVAADDITIONALOPTS',
      'SONAR_CLUSTER_ES_HOSTS',
      'SONAR_ES_BOOTSTRAP_CHECKS_DISABLE',
      'sonar.jdbc.url',
      'sonar.search.javaOpts',
    ],
    mounts: ['/opt/sonarqube/data', '/bitnami/sonarqube', '/bitnami/sonarqube/data'],
    hints: { env: ['SONARQUBE_HOME', 'SONAR_JDBC_USERNAME', 'SONAR_JDBC_PASSWORD'], containers: ['sonarqube'] },
    required: 524_288,
    earlier: [{ before: '8.4', required: 262_144 }],
    notRequired: [
      { setting: 'sonar.es.bootstrap.checks.disable', value: 'true' },
      { setting: 'sonar.cluster.node.type', value: 'application' },
      { setting: 'node.store.allow_mmap', value: 'false' },
      { setting: 'node.store.allow_mmapfs', value: 'false' },
    ],
    settingPrefixes: ['SONARQUBE_'],
    // USER sonarqube in SonarSource/docker-sonarqube, USER 1001 in bitnami/containers.
    notRoot: [{ images: ['sonarqube', '*sonarqube*'] }],
    programs: ['sonar.sh'],
    tools: ['sonar-scanner'],
    clientNames: ['SONAR', 'SONARQUBE'],
    source: 'https://github.com/SonarSource/helm-chart-sonarqube/blob/master/charts/sonarqube/values.yaml',
  },
  {
    name: 'cratedb',
    title: 'CrateDB',
    images: [
      'crate',
      'cratedb',
      'crate4',
      'crate5',
      'crate6',
      'crate/nightly',
      'crate/crate-*',
      'cratedb-*',
      '*-cratedb',
      'crate-db*',
    ],
    notImages: [...NOT_SERVERS, '*-about*', '*-docs*', '*-toolkit*', '*-sample*', '*-example*'],
    env: ['CRATE_HEAP_SIZE', 'CRATE_JAVA_OPTS'],
    hints: {
      ports: [
        [4200, 4300],
        [4200, 5432],
      ],
      containers: ['crate', 'cratedb'],
    },
    required: 262_144,
    ...BOOTSTRAP_CHECKS,
    settingPrefixes: ['CRATE_'],
    programs: ['crate'],
    tools: [...commandLineTools('crate'), 'crash'],
    clientNames: ['CRATE', 'CRATEDB'],
    source: 'https://github.com/crate/crate/issues/8227',
  },
  {
    name: 'doris-be',
    title: 'Apache Doris BE',
    images: [
      'doris:be-*',
      'doris:*-be',
      'doris:*-be-*',
      'doris:*-all',
      'doris:*-all-*',
      'dyrnq/doris',
      'doris-be',
      'doris.be',
      'doris.be-*',
      '*doris-be*',
      '*doris_be*',
    ],
    notImages: [
      ...NOT_SERVERS,
      'doris:operator-*',
      'doris:fe-*',
      'doris:*-fe',
      'doris:*-fe-*',
      'doris:ms-*',
      'doris:*-ms',
      'doris:broker-*',
    ],
    mounts: ['/opt/apache-doris/be/conf', '/opt/apache-doris/be/storage'],
    hints: {
      env: ['FE_SERVERS', 'BE_ADDR', 'ENV_FE_ADDR'],
      ports: [
        [9060, 8040],
        [9060, 9050],
        [8040, 9050],
      ],
      containers: ['be', 'doris-be'],
    },
    required: 2_000_000,
    // https://github.com/apache/doris/pull/45267
    notRequired: [
      { setting: 'skip.check.ulimit', value: 'true', versions: [{ from: '2.1.8', before: '3.0' }, { from: '3.0.4' }] },
    ],
    programs: ['start_be'],
    source: 'https://github.com/apache/doris/blob/master/bin/start_be.sh',
  },
];
