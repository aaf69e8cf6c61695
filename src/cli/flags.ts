import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Strategy } from '../core/decision.ts';

const STRATEGIES = ['init-container', 'node-affinity'] as const satisfies readonly Strategy[];

/** What decides how pods are decided. */
export interface DecisionFlags {
  filename?: string[];
  recursive: boolean;
  kustomize?: string;
  strategy: Strategy;
  namespace?: string;
  config?: string;
}

/** Adds the flags of commands that decide on pods. */
export function addDecision(command: Command): Command {
  return command
    .addOption(strategy('decide as in namespaces that get this'))
    .addOption(namespace('namespace of objects that name none'))
    .addOption(config());
}

/** `--strategy`. */
export function strategy(description: string): Option {
  return new Option('--strategy <strategy>', description).choices(STRATEGIES).default('init-container');
}

/** Adds the flags of commands that talk to a cluster; names and meanings are kubectl's. */
export function addCluster(command: Command): Command {
  return command
    .optionsGroup('Cluster options, as in kubectl:')
    .option('--kubeconfig <file>', 'kubeconfig to use instead of $KUBECONFIG or ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig to use')
    .option('--cluster <name>', 'cluster of the kubeconfig to use')
    .option('--user <name>', 'user of the kubeconfig to use')
    .option('--token <token>', 'bearer token to authenticate with')
    .option('--as <user>', 'user to act as')
    .addOption(new Option('--as-group <group>', 'group to act as; may be given several times').argParser(collect))
    .option('--as-uid <uid>', 'uid to act as')
    .option('--insecure-skip-tls-verify', 'do not check the certificate of the server')
    .addOption(
      new Option(
        '--request-timeout <duration>',
        'how long one request may take, such as 30s; 0 for any time',
      ).argParser(milliseconds),
    )
    .optionsGroup('');
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

/** `-f`. */
export function filename(): Option {
  return new Option(
    '-f, --filename <file>',
    'file, directory or - for standard input; may be given several times',
  ).argParser(collect);
}

/** `-k`. */
export function kustomize(): Option {
  return new Option('-k, --kustomize <directory>', 'what kubectl kustomize makes of a directory').conflicts('filename');
}

/** `-R`. */
export function recursive(): Option {
  return new Option('-R, --recursive', 'also read the subdirectories of a directory').default(false);
}

/** `-n`. */
export function namespace(description: string): Option {
  return new Option('-n, --namespace <name>', description);
}

/** `-A`. */
export function allNamespaces(description: string): Option {
  return new Option('-A, --all-namespaces', description).conflicts('namespace').default(false);
}

/** `--config`. */
export function config(): Option {
  return new Option('--config <file>', 'configuration file of the webhook; without one its defaults apply');
}

/** The parser of a flag that takes a number above 0. */
export function count(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('It must be a number above 0.');
  return Number(value);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The parser of a flag that takes a duration: seconds, or numbers with units such as 1m30s. */
export function milliseconds(value: string): number {
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const parts = [...value.matchAll(/(\d{1,6}(?:\.\d{1,6})?)(ms|[smh])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== value) {
    throw new InvalidArgumentError('It must be a number of seconds, or a duration such as 30s, 2m or 1m30s.');
  }
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
}
