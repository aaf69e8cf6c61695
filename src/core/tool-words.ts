import type { Workload } from './workload.ts';

// A repository name that holds the product's word and one of these is a tool for the server, or stands in front of it:
// `elasticsearch-exporter`, `kafka-connect-elasticsearch`. They count anywhere in the name, so `export` covers `exporter`.
const ANYWHERE = `
  adapter admin airflow alert apiserver autoscal backup balancer beat bench bigdesk bridge browser caddy camunda cerebro cert chaos
  check clean collector connect console consumer controller crawl curator dashboard data-prepper debezium dump envoy
  explorer export flink fluent forwarder gateway grafana hadoop health helper import ingress jaeger jmx kafka keystore
  kibana kopf kopia loader logstash manager mcp metric migrat mock monitor nagios nginx nifi opentelemetry operator otel
  paramedic performance-analyzer presto probe processor producer prometheus- proxy publish python rally rclone reindex
  restic restore retention rotat router scan scrape script seeder setup shipper sidecar sink snapshot socat spark stress
  stunnel superset sync syslog telegraf template temporal tool traefik trino tunnel util varnish velero viewer vue wait webhook
  webui worker zabbix
`;

// Short words, and words that can be part of another one: `ui` must not hit `suite`.
const WHOLE =
  'agent api app bundle cli client cron cronjob gui head hq ilm init initializer job jobs php py query sdk sql test tests ui vector web';

/** The words of tools that the built-in rows share. */
export const TOOL_WORDS: Workload['toolWords'] = {
  anywhere: ANYWHERE.trim().split(/\s+/),
  whole: WHOLE.split(' '),
};
