import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Strategy } from '../core/decision.ts';

const STRATEGIES = ['init-container', 'node-affinity'] as const satisfies readonly Strategy[];

/** What decides how pods are decided. */
export interface JudgingFlags {
  filename?: string[];
  recursive: boolean;
  strategy: Strategy;
  namespace?: string;
  config?: string;
}

/** Which cluster to talk to. */
export interface ClusterFlags {
  context?: string;
  kubeconfig?: string;
}

/** Adds the flags of commands that judge pods. */
export function addJudging(command: Command): Command {
  return command
    .addOption(
      new Option('--strategy <strategy>', 'decide as in namespaces that get this')
        .choices(STRATEGIES)
        .default('init-container'),
    )
    .addOption(namespace('namespace of objects that name none'))
    .addOption(config());
}

/** Adds the flags of commands that talk to a cluster. */
export function addCluster(command: Command): Command {
  return command
    .option('--context <name>', 'context of the kubeconfig to use')
    .option('--kubeconfig <file>', 'kubeconfig to use instead of $KUBECONFIG or ~/.kube/config');
}

/** `-f`. */
export function filename(): Option {
  const collect = (value: string, previous: readonly string[] = []) => [...previous, value];
  return new Option(
    '-f, --filename <file>',
    'file, directory or - for standard input; may be given several times',
  ).argParser(collect);
}

/** `-R`. */
export function recursive(): Option {
  return new Option('-R, --recursive', 'also read the subdirectories of a directory').default(false);
}

/** `-n`. */
export function namespace(description: string): Option {
  return new Option('-n, --namespace <name>', description);
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
