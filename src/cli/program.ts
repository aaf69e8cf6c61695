import { Argument, Command, Option } from 'commander';
import { POLICY_VERSIONS } from '../core/policy/versions.ts';
import type { AdviseOptions } from './advise/advise.ts';
import { complete, completionScript, SHELLS } from './completion.ts';
import type { DoctorOptions } from './doctor/doctor.ts';
import { EXAMPLES } from './examples.ts';
import type { ExplainOptions } from './explain/explain.ts';
import { EXIT } from './failure.ts';
import type { FixOptions } from './fix/fix.ts';
import {
  addCluster,
  addDecision,
  allNamespaces,
  config,
  count,
  type DecisionFlags,
  filename,
  kustomize,
  milliseconds,
  namespace,
  recursive,
  strategy,
} from './flags.ts';
import type { Io } from './io.ts';
import type { NodesOptions } from './nodes/nodes.ts';
import { ENGINES, type Engine, PREVIEW_FORMATS, type PreviewFormat } from './preview/output.ts';
import type { CatalogueOptions } from './print-catalogue.ts';
import type { PrintPolicyOptions } from './print-policy.ts';

/** The name under which kubectl runs the program. */
const NAME = 'kubectl max-map-count';

/**
 * The whole command line; each command's own code is loaded when it runs, since most of it is libraries. `ended` hears
 * the exit code of the command that ran.
 */
export function createProgram(io: Io, version: string, ended: (code: number) => void): Command {
  const program = new Command(NAME)
    .description(
      'Shows and explains what max-map-count-webhook does to pods that need vm.max_map_count, offline and in a cluster.',
    )
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .helpCommand('help [command]', 'show help for a command');
  addPreview(program, io, ended);
  addExplain(program, io, ended);
  addDoctor(program, io, version, ended);
  addAdvise(program, io, ended);
  addFix(program, io, ended);
  addNodes(program, io, ended);
  addOthers(program, io, version, ended);
  for (const command of [program, ...program.commands, ...program.commands.flatMap((child) => child.commands)]) {
    const path = pathOf(command);
    command
      .showHelpAfterError(`Usage: ${path} ${command.usage()}\nSee "${path} --help".`)
      .helpOption('-h, --help', 'show this help');
    const examples = EXAMPLES[command.name()];
    if (examples) command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}\n`).join('')}`);
  }
  return program;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

type Ended = (code: number) => void;

function addPreview(program: Command, io: Io, ended: Ended): void {
  const command = program
    .command('preview')
    .description('Show what the webhook would do to every object that makes pods.')
    .addOption(filename())
    .addOption(kustomize())
    .addOption(recursive())
    .addOption(new Option('-o, --output <format>', 'what to print').choices(PREVIEW_FORMATS).default('diff'))
    .addOption(new Option('--engine <engine>', 'what patches pods in the cluster').choices(ENGINES).default('webhook'))
    .option('--exit-code', 'exit 1 when something would change', false)
    .option('-v, --verbose', 'also report pods that the webhook has no business with, and every warning', false);
  addDecision(command).action(
    async (options: DecisionFlags & { engine: Engine; output: PreviewFormat; exitCode: boolean; verbose: boolean }) => {
      const { preview } = await import('./preview/preview.ts');
      ended(await preview({ ...options, filename: options.filename ?? [] }, io));
    },
  );
}

function addExplain(program: Command, io: Io, ended: Ended): void {
  const command = program
    .command('explain')
    .description('Tell why a pod would or would not be patched: what was seen, the verdict, what would change it.')
    .argument('[references...]', 'objects of the cluster: NAME of a pod, or TYPE/NAME')
    .addOption(filename())
    .addOption(recursive())
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .option('--link', 'print a link to the playground instead, which holds the manifest and sends it nowhere', false)
    .option('--redact', 'with --link: hide the values of environment variables, leave out what makes no pods', false);
  addCluster(addDecision(command)).action(
    async (references: string[], options: Omit<ExplainOptions, 'references' | 'filename'> & DecisionFlags) => {
      const { explain } = await import('./explain/explain.ts');
      ended(await explain({ ...options, filename: options.filename ?? [], references }, io));
    },
  );
}

function addDoctor(program: Command, io: Io, version: string, ended: Ended): void {
  const command = program
    .command('doctor')
    .description(
      'Check the webhook in the current cluster; changes nothing. Exits 0 when healthy, 1 with findings, 2 when something could not be checked.',
    )
    .addOption(namespace('look only at this namespace, and try the probe there'))
    .addOption(allNamespaces('look at every namespace, which is the default'))
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addOption(new Option('--limit <pods>', 'look at no more pods than this').argParser(count).default(50_000))
    .addOption(
      new Option('--wait [duration]', 'first wait until the webhook works, at most this long (2m)')
        .argParser(milliseconds)
        .preset('2m'),
    )
    .option('--bundle <file>', 'write one archive to attach to a report, and list its contents')
    .addOption(config());
  addCluster(command).action(async (options: DoctorOptions) => {
    const { doctor } = await import('./doctor/doctor.ts');
    ended(await doctor(options, io, version));
  });
}

function addAdvise(program: Command, io: Io, ended: Ended): void {
  const command = program
    .command('advise')
    .description('Say what this cluster should do, from its nodes and pods; changes nothing.')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addOption(new Option('--limit <pods>', 'look at no more pods than this').argParser(count).default(5000))
    .addOption(config());
  addCluster(command).action(async (options: AdviseOptions) => {
    const { advise } = await import('./advise/advise.ts');
    ended(await advise(options, io));
  });
}

function addFix(program: Command, io: Io, ended: Ended): void {
  const command = program
    .command('fix')
    .description(
      'Start pods that crash because of vm.max_map_count: through the webhook where it is, else by raising the value of their nodes once. Names the cluster, says what it would do, and asks.',
    )
    .argument('[reference]', 'NAME of a pod, or TYPE/NAME; all pods of the namespace without one')
    .addOption(namespace('namespace to look at'))
    .addOption(allNamespaces('look at every namespace'))
    .option('--dry-run', 'let the API server check it, and change nothing', false)
    .option('-y, --yes', 'do not ask', false)
    .addOption(config());
  addCluster(command).action(async (reference: string | undefined, options: Omit<FixOptions, 'reference'>) => {
    const { fix } = await import('./fix/fix.ts');
    ended(await fix({ ...options, reference }, io));
  });
}

function addNodes(program: Command, io: Io, ended: Ended): void {
  const command = program
    .command('nodes')
    .description('Show what the nodes are labelled with, which workloads fit there, and the pods that depend on it.')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .addOption(new Option('--limit <pods>', 'look at no more pods than this').argParser(count).default(5000))
    .option('--clean', 'remove the labels that the node agent has set, after it was uninstalled', false)
    .option('--dry-run', 'with --clean: let the API server check it, and change nothing', false)
    .option('-y, --yes', 'with --clean: do not ask', false)
    .addOption(config());
  addCluster(command).action(async (options: NodesOptions) => {
    const { nodes } = await import('./nodes/nodes.ts');
    ended(await nodes(options, io));
  });
}

function addOthers(program: Command, io: Io, version: string, ended: Ended): void {
  program
    .command('catalogue')
    .description('List the workloads that the webhook knows.')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json', 'yaml']).default('text'))
    .addOption(config())
    .action(async (options: CatalogueOptions) => {
      const { catalogue } = await import('./print-catalogue.ts');
      ended(await catalogue(options, io));
    });
  addRender(program, io, ended);
  program
    .command('completion')
    .description('Print the script that teaches a shell to complete this command.')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: string) => {
      io.stdout.write(completionScript(shell));
      ended(EXIT.ok);
    });
  program
    .command('version')
    .description('Print the version.')
    .action(() => {
      io.stdout.write(`${version}\n`);
      ended(EXIT.ok);
    });
  addCompleter(program, io, ended);
}

function addRender(program: Command, io: Io, ended: Ended): void {
  const render = program.command('render').description('Print what an installation needs.');
  render
    .command('config')
    .description('Print the webhook’s configuration with every default written out.')
    .addOption(config())
    .action(async (options: { config?: string }) => {
      const { renderConfig } = await import('./print-config.ts');
      ended(renderConfig(options.config, io));
    });
  render
    .command('match-conditions')
    .description('Print the match conditions of the webhook, which keep pods from it that no workload can match.')
    .addOption(config())
    .action(async (options: { config?: string }) => {
      const { renderMatchConditions } = await import('./print-match-conditions.ts');
      ended(await renderMatchConditions(options.config, io));
    });
  render
    .command('admission-policy')
    .description('Print a MutatingAdmissionPolicy and its binding, which patch pods without a webhook.')
    .addOption(config())
    .addOption(strategy('what pods get where Pod Security allows it'))
    .addOption(
      new Option('--api-version <version>', 'v1 from Kubernetes 1.36 on, v1beta1 for 1.34 and 1.35')
        .choices(POLICY_VERSIONS)
        .default('v1'),
    )
    .option('--static', 'for the API server’s folder of manifests, where nobody can delete it through the API', false)
    .action(async (options: PrintPolicyOptions) => {
      const { renderAdmissionPolicy } = await import('./print-policy.ts');
      ended(await renderAdmissionPolicy(options, io));
    });
}

// The protocol of cobra's completions, so that kubectl can ask: words, then a directive; 0 lets the shell add file names.
function addCompleter(program: Command, io: Io, ended: Ended): void {
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .action((words: string[]) => {
      io.stdout.write(`${[...complete(program, words), ':0'].join('\n')}\n`);
      ended(EXIT.ok);
    });
}
