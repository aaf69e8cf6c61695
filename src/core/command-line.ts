import type { Json, JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';
import type { Container } from './pod.ts';

/** What is left to read of the command lines of a pod. */
export interface Budget {
  characters: number;
}

/** A container's command and arguments, as far as they are read. */
export type CommandLine = Pick<Container, 'command' | 'args' | 'isCommandCut'>;

/** The command line of a container. One that is too long is not read at all: half a script could say the opposite of the whole. */
export function readCommandLine(raw: JsonObject, budget: Budget): CommandLine {
  const [command, args] = [wordsOf(raw.command), wordsOf(raw.args)];
  const characters = command && args ? lengthOf(command) + lengthOf(args) : Number.POSITIVE_INFINITY;
  const isTooLong = characters > Math.min(LIMITS.commandLength.most, budget.characters);
  if (!command || !args || isTooLong || command.length + args.length > LIMITS.commandWords.most) {
    return { command: [], args: [], isCommandCut: true };
  }
  budget.characters -= characters;
  return { command, args, isCommandCut: false };
}

function wordsOf(list: Json | undefined): string[] | undefined {
  if (!Array.isArray(list)) return [];
  return list.length > LIMITS.commandWords.most ? undefined : list.filter((word) => typeof word === 'string');
}

function lengthOf(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + word.length, 0);
}
