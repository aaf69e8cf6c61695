import type { Command, Option } from 'commander';
import { Failure } from './failure.ts';

/** What `completion` takes. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The words that may follow those on the command line, the last of which is still being typed. */
export function complete(program: Command, words: readonly string[]): string[] {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  let command = program;
  for (const word of before) command = command.commands.find((candidate) => candidate.name() === word) ?? command;
  const pending = optionNamed(command, before.at(-1));
  const candidates = pending?.required ? (pending.argChoices ?? []) : wordsOf(command);
  return candidates.filter((word) => word.startsWith(typed)).sort();
}

function wordsOf(command: Command): string[] {
  const shown = command.commands.map((child) => child.name()).filter((name) => !name.startsWith('__'));
  const choices = command.registeredArguments.flatMap((argument) => argument.argChoices ?? []);
  return [...shown, ...choices, ...command.options.flatMap(({ long, short }) => long ?? short ?? []), '--help'];
}

function optionNamed(command: Command, word: string | undefined): Option | undefined {
  return command.options.find(({ long, short }) => word !== undefined && (word === long || word === short));
}

const BASH = `_kubectl_max_map_count() {
  local IFS=$'\\n'
  COMPREPLY=($(kubectl-max_map_count __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | grep -v '^:'))
}
complete -o default -F _kubectl_max_map_count kubectl-max_map_count
`;

const ZSH = `#compdef kubectl-max_map_count
_kubectl_max_map_count() {
  local -a candidates
  candidates=("\${(@f)$(kubectl-max_map_count __complete "\${(@)words[2,CURRENT]}" 2>/dev/null | grep -v '^:')}")
  candidates=("\${(@)candidates:#}")
  if (( \${#candidates} )); then compadd -a candidates; else _files; fi
}
compdef _kubectl_max_map_count kubectl-max_map_count
`;

const FISH = `function __kubectl_max_map_count
  set -l words (commandline -opc) (commandline -ct)
  kubectl-max_map_count __complete $words[2..-1] 2>/dev/null | string match -v ':*'
end
complete -c kubectl-max_map_count -a '(__kubectl_max_map_count)'
`;

/** The script that teaches a shell to complete this command. */
export function completionScript(shell: string): string {
  switch (shell) {
    case 'bash':
      return BASH;
    case 'zsh':
      return ZSH;
    case 'fish':
      return FISH;
    default:
      throw new Failure(`unknown shell ${shell}: one of ${SHELLS.join(', ')}`);
  }
}
