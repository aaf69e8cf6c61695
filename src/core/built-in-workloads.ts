import { TOOL_WORDS } from './tool-words.ts';
import type { WorkloadInput } from './workload.ts';

// Read in the JVM options of Elasticsearch and its forks; the check itself: elastic/elasticsearch BootstrapChecks.java.
const BOOTSTRAP_CHECKS: Pick<WorkloadInput, 'bootstrapChecks' | 'notRequired'> = {
  bootstrapChecks: true,
  notRequired: [
    { setting: 'node.store.allow_mmap', value: 'false' },
    { setting: 'node.store.allow_mmapfs', value: 'false' },
  ],
};

/** A row's words for too low a value. */
type CrashLines = Pick<Required<WorkloadInput>, 'crashLines'>['crashLines'];

const TOO_LOW = 'max virtual memory areas vm.max_map_count [*] is too low';
const CHECKS = 'server/src/main/java/org/elasticsearch/bootstrap/BootstrapChecks.java';
// Also what SonarQube and images that hold Elasticsearch beside other things pass on to their own log.
const ELASTICSEARCH_LINE: CrashLines = [
  { words: TOO_LOW, source: `https://github.com/elastic/elasticsearch/blob/main/${CHECKS}` },
];
const OPENSEARCH_LINE: CrashLines = [
  {
    words: TOO_LOW,
    source: `https://github.com/opensearch-project/OpenSearch/blob/main/${CHECKS.replaceAll('elasticsearch', 'opensearch')}`,
  },
];
// The start script of bitnami's images, before the server itself looks.
const BITNAMI_LINE: CrashLines = [
  {
    words: 'Invalid kernel settings. * requires at least: vm.max_map_count',
    source: 'https://github.com/bitnami/bitnami-docker-elasticsearch/issues/61',
  },
];

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
const SECURITY_TOOLS = ['securityadmin', 'securityadmin_demo', 'opensearch-onetime-setup', 'indexer-security-init'];

// The back end and the all-in-one in a repository that holds every part of Doris.
const DORIS_TAGS = ['be-*', '*-be', '*-be-*', '*-all', '*-all-*'];

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
      'openshift/origin-logging-elasticsearch',
      'openshift3/ose-logging-elasticsearch',
      'openshift-logging/elasticsearch6-rhel8',
      'markoshust/magento-elasticsearch',
      'sebp/elk',
      'sebp/elkx',
      '*elasticsearch*',
      '*elastic-search*',
      '*elastic_search*',
    ],
    notImages: ['*indexer*', '*opendistro*', 'mcp/*'],
    toolWords: TOOL_WORDS,
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
    // The check came with 5.0.
    earlier: [{ before: '5.0', required: 0 }],
    recommended: { value: 1_048_576, since: '8.16' },
    ...BOOTSTRAP_CHECKS,
    settingPrefixes: ['ELASTICSEARCH_', 'ES_'],
    versions: [
      {
        images: [
          'library/elasticsearch',
          'bitnami/elasticsearch',
          'bitnamilegacy/elasticsearch',
          'google_containers/elasticsearch',
          'google-containers/elasticsearch',
          'pires/docker-elasticsearch-kubernetes',
          'wodby/elasticsearch',
        ],
      },
      // Elastic's own registry began with 5.0: a lower number under its path is the count of a private build.
      {
        images: [
          'elasticsearch/elasticsearch',
          'elasticsearch/elasticsearch-oss',
          'elasticsearch/elasticsearch-wolfi',
          'elastic/elasticsearch',
        ],
        from: '5.0',
      },
      // 742 is 7.4.2, es235_l234_k454 holds Elasticsearch 2.3.5.
      { images: ['sebp/elk', 'sebp/elkx'], tags: ['{digits}', 'oss-{digits}', 'es{digits}_*'] },
      // Search Guard: 2.0.0-es-8.13.4.
      { images: ['floragunncom/*elasticsearch'], tags: ['*es-{version}', '{version}-*'] },
    ],
    // Its script exits below the value also with single-node discovery (elasticsearch_validate_kernel in
    // bitnami/containers, libelasticsearch.sh).
    checkedAtStart: ['bitnami/elasticsearch', 'bitnamilegacy/elasticsearch'],
    // Their entry points turn dotted variables into -E options and read no other spelling but ES_SETTING_*.
    dottedSettings: [
      'library/elasticsearch',
      'elasticsearch/elasticsearch',
      'elasticsearch/elasticsearch-oss',
      'elasticsearch/elasticsearch-wolfi',
    ],
    programs: ['elasticsearch', 'eswrapper', 'org.elasticsearch.bootstrap.Elasticsearch'],
    tools: [...commandLineTools('elasticsearch'), 'esrally'],
    clientNames: ['ES', 'ELASTIC', 'ELASTICSEARCH'],
    // https://github.com/elastic/cloud-on-k8s/issues/5410
    notRoot: [
      { images: ['elasticsearch', 'elasticsearch-oss', 'elasticsearch-wolfi'], from: '8' },
      { images: ['bitnami*/elasticsearch'] },
    ],
    crashLines: [...ELASTICSEARCH_LINE, ...BITNAMI_LINE],
    source: 'https://elastic.co/docs/deploy-manage/deploy/self-managed/vm-max-map-count',
  },
  {
    name: 'opensearch',
    title: 'OpenSearch and Open Distro',
    images: [
      'opensearch',
      'opendistro-for-elasticsearch',
      'magda-io/magda-opensearch',
      '*opensearch*',
      '*opendistro*elasticsearch*',
    ],
    notImages: ['*indexer*', 'mcp/*'],
    toolWords: TOOL_WORDS,
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
    versions: [{ images: ['opensearchproject/opensearch', 'bitnami/opensearch', 'bitnamilegacy/opensearch'] }],
    checkedAtStart: ['bitnami/opensearch', 'bitnamilegacy/opensearch'],
    dottedSettings: ['opensearchproject/opensearch'],
    programs: ['opensearch', 'org.opensearch.bootstrap.OpenSearch'],
    tools: [...commandLineTools('opensearch'), ...SECURITY_TOOLS],
    clientNames: ['OPENSEARCH'],
    notRoot: [{ images: ['opensearch'] }],
    crashLines: [...OPENSEARCH_LINE, ...BITNAMI_LINE],
    source: 'https://docs.opensearch.org/1.0/opensearch/install/important-settings',
  },
  {
    name: 'wazuh-indexer',
    title: 'Wazuh indexer',
    images: ['wazuh-indexer', '*wazuh-indexer*'],
    toolWords: TOOL_WORDS,
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
    versions: [{ images: ['wazuh/wazuh-indexer'] }],
    programs: ['opensearch', 'org.opensearch.bootstrap.OpenSearch'],
    tools: [...commandLineTools('opensearch'), ...SECURITY_TOOLS],
    notRoot: [{ images: ['wazuh-indexer'] }],
    crashLines: OPENSEARCH_LINE,
    source:
      'https://github.com/wazuh/wazuh-kubernetes/blob/main/wazuh/indexer_stack/wazuh-indexer/cluster/indexer-sts.yaml',
  },
  {
    name: 'graylog-datanode',
    title: 'Graylog Data Node',
    images: [
      'graylog-datanode',
      'graylog-data-node',
      'graylog/graylog-datanode-dev',
      '*graylog-datanode*',
      '*graylog-data-node*',
    ],
    toolWords: TOOL_WORDS,
    env: [
      'GRAYLOG_DATANODE_NODE_ID_FILE',
      'GRAYLOG_DATANODE_PASSWORD_SECRET',
      'GRAYLOG_DATANODE_MONGODB_URI',
      'GRAYLOG_DATANODE_OPENSEARCH_DISCOVERY_SEED_HOSTS',
    ],
    mounts: ['/var/lib/graylog-datanode'],
    hints: { ports: [[8999, 9200, 9300]], containers: ['graylog-datanode', 'datanode'] },
    required: 262_144,
    crashLines: [
      {
        words: '/proc/sys/vm/max_map_count value should be at least',
        source: 'https://github.com/Graylog2/docker-compose/issues/53',
      },
    ],
    source: 'https://github.com/Graylog2/docker-compose/issues/53',
  },
  {
    name: 'sonarqube',
    title: 'SonarQube',
    images: ['sonarqube', 'mc1arke/sonarqube-with-community-branch-plugin', '*sonarqube*'],
    toolWords: TOOL_WORDS,
    notImages: ['*:*datacenter-app*', '*datacenter-app*', 'mcp/*', '*sonar-scan*', '*cnes*', '*quality-gate*'],
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
    hints: {
      env: ['SONARQUBE_HOME', 'SONAR_JDBC_USERNAME', 'SONAR_JDBC_PASSWORD'],
      ports: [[9000]],
      containers: ['sonarqube'],
    },
    required: 524_288,
    earlier: [{ before: '8.4', required: 262_144 }],
    notRequired: [
      { setting: 'sonar.es.bootstrap.checks.disable', value: 'true' },
      { setting: 'sonar.cluster.node.type', value: 'application' },
      { setting: 'node.store.allow_mmap', value: 'false' },
      { setting: 'node.store.allow_mmapfs', value: 'false' },
    ],
    settingPrefixes: ['SONARQUBE_'],
    versions: [
      {
        images: [
          'library/sonarqube',
          'bitnami/sonarqube',
          'bitnamilegacy/sonarqube',
          'mc1arke/sonarqube-with-community-branch-plugin',
        ],
      },
    ],
    // USER sonarqube in docker-sonarqube's Dockerfiles, USER 1001 in bitnami's.
    notRoot: [{ images: ['sonarqube', '*sonarqube*'] }],
    programs: ['sonar.sh'],
    tools: ['sonar-scanner'],
    clientNames: ['SONAR', 'SONARQUBE'],
    crashLines: ELASTICSEARCH_LINE,
    source: 'https://github.com/SonarSource/helm-chart-sonarqube/blob/master/charts/sonarqube/values.yaml',
  },
  {
    name: 'cratedb',
    title: 'CrateDB',
    images: ['library/crate', 'crate/crate', 'cratedb', 'crate/nightly', '*cratedb*', '*crate-db*'],
    toolWords: TOOL_WORDS,
    notImages: ['*-about*', '*-docs*', '*-toolkit*', '*-sample*', '*-example*'],
    env: ['CRATE_HEAP_SIZE', 'CRATE_JAVA_OPTS'],
    hints: {
      ports: [
        [4200, 4300],
        [4200, 5432],
      ],
      containers: ['crate', 'cratedb'],
      images: ['crate'],
    },
    required: 262_144,
    ...BOOTSTRAP_CHECKS,
    settingPrefixes: ['CRATE_'],
    versions: [{ images: ['library/crate', 'crate/crate'] }],
    programs: ['crate'],
    tools: [...commandLineTools('crate'), 'crash'],
    clientNames: ['CRATE', 'CRATEDB'],
    crashLines: [{ words: TOO_LOW, source: 'https://github.com/crate/docker-crate/issues/209' }],
    source: 'https://github.com/crate/crate/issues/8227',
  },
  {
    name: 'doris-be',
    title: 'Apache Doris BE',
    images: [
      ...DORIS_TAGS.map((tag) => `apache/doris:${tag}`),
      ...DORIS_TAGS.map((tag) => `selectdb/doris:${tag}`),
      'dyrnq/doris',
      'selectdb/doris.be-ubuntu',
      'doris-be',
      'doris.be',
      'doris.be-*',
      '*doris-be*',
      '*doris_be*',
    ],
    toolWords: TOOL_WORDS,
    notImages: [
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
      images: DORIS_TAGS.map((tag) => `doris:${tag}`),
    },
    required: 2_000_000,
    // https://github.com/apache/doris/pull/45267
    notRequired: [
      { setting: 'skip.check.ulimit', value: 'true', versions: [{ from: '2.1.8', before: '3.0' }, { from: '3.0.4' }] },
    ],
    programs: ['start_be'],
    versions: [
      {
        images: ['apache/doris', 'dyrnq/doris', 'selectdb/doris.be-ubuntu'],
        tags: ['be-{version}', 'be-{version}-*', '{version}', '{version}-*', '{version}_*'],
      },
    ],
    crashLines: [
      {
        words: 'Please set vm.max_map_count to be',
        source: 'https://github.com/apache/doris/blob/master/bin/start_be.sh',
      },
    ],
    source: 'https://github.com/apache/doris/blob/master/bin/start_be.sh',
  },
];
