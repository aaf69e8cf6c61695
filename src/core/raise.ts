import { commandLine, scriptOf } from './command.ts';
import { CONTAINER_NAME, valueOfOurs } from './init-container.ts';
import { get, objects, text } from './json.ts';
import type { Container, Pod } from './pod.ts';
import { type Programs, runs, wordsRun } from './runs.ts';
import { type Effect, effectOf } from './script-effect.ts';

/** What one container of the pod does about vm.max_map_count, for the value that is needed. */
export interface Raise extends Effect {
  readonly container: Container;
  /** Why a write of its does not work although it looks as if it did. */
  readonly flaw: Flaw | undefined;
  /** True when a write of its reaches the kernel. */
  readonly mayWrite: boolean;
  /** True for a script from a volume, in a container whose name tells what it is for. */
  readonly isHidden: boolean;
  /** True where it waits for `compared`. */
  readonly isWaiter: boolean;
}

/** The ways in which an init container that should raise the value fails to. */
export type Flaw = 'not-privileged' | 'not-root' | 'separate-words';

/** The sentence that tells an author what is wrong with an init container of theirs. */
export const FLAWS: Readonly<Record<Flaw, string>> = {
  'not-privileged': 'is not privileged, so it cannot write vm.max_map_count',
  'not-root': 'does not run as root (runAsUser: 0), so its write is refused, also where it exits 0',
  'separate-words': 'passes sysctl to the shell as separate words: only the first one runs and nothing is set',
};

/** What decides whether a container's write reaches the kernel before the server starts. */
export interface Circumstances {
  /** False with `hostUsers: false`: root in the pod is not root on the node. */
  readonly isHostUser: boolean;
  /** True unless the image is known to run as another user than root. */
  readonly isRootImage: (container: Container) => boolean;
  readonly programs: Programs;
}

/** Names of containers that tell what they are for. */
export const TELLING_NAME = /sysctl|max[-_]?map|os-settings/;
/** What every way to read or write the value names. */
export const FILE_NAME = 'max_map_count';

/** What a container does about vm.max_map_count, or undefined when it has nothing to do with it. */
export function raiseBy(
  container: Container,
  need: number,
  circumstances: Circumstances,
  isServer = false,
): Raise | undefined {
  const line = commandLine(container);
  // Beyond a limit it proves nothing, whatever the container is called.
  if (line === undefined) return undefined;
  const isNamed = container.name === CONTAINER_NAME || TELLING_NAME.test(container.name);
  if (!isNamed && !line.some((word) => word.includes(FILE_NAME) || word.includes('$('))) return undefined;
  const flaw = powerFlaw(container, circumstances.isRootImage);
  const mayWrite = flaw === undefined && circumstances.isHostUser;
  const known = { container, flaw, mayWrite, isHidden: false, isWaiter: false };
  const ours = valueOfOurs(container);
  if (ours !== undefined) {
    return { ...known, leaves: mayWrite && ours >= need ? 'enough' : 'none', written: ours, compared: ours };
  }
  const variables = new Map(container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
  const words = line.map((word) => byKubelet(word, variables));
  if (words.some((word) => word.includes(FILE_NAME))) {
    const startsServer = (command: readonly string[]) =>
      isServer && wordsRun(command, circumstances.programs) !== 'tool';
    const read = (value: number) => effectOf(words, { need: value, mayWrite, variables, startsServer });
    const effect = read(need);
    const { written, compared } = effect;
    const isWaiter = written === undefined && compared !== undefined && read(compared).leaves === 'enough';
    return { ...known, ...effect, isWaiter, flaw: isTornApart(words) ? 'separate-words' : flaw };
  }
  const isHidden = TELLING_NAME.test(container.name) && runs(container, circumstances.programs) === 'unknown';
  if (!isHidden || isServer) return undefined;
  return { ...known, isHidden, leaves: 'none', written: undefined, compared: undefined };
}

// $(NAME) is expanded by the kubelet before anything runs, and $$ stands for one dollar sign.
function byKubelet(word: string, variables: ReadonlyMap<string, string>): string {
  if (!word.includes('$')) return word;
  return word.replace(/\$\$|\$\(([\w.-]+)\)/g, (whole, name?: string) => {
    const value = name === undefined ? '$' : variables.get(name);
    return value !== undefined && value.length <= LONGEST_VALUE ? value : whole;
  });
}

// `vm.max_map_count=` with a number takes less; longer values are left in their place.
const LONGEST_VALUE = 100;

// sh -c takes one word; the following are its parameters.
function isTornApart(words: readonly string[]): boolean {
  return scriptOf(words)?.trim() === 'sysctl' && words.some((word) => /^vm[./]max_map_count\s*=/.test(word));
}

function powerFlaw(container: Container, isRootImage: Circumstances['isRootImage']): Flaw | undefined {
  const { privileged, runAsUser, runAsNonRoot } = container;
  if (!privileged) return 'not-privileged';
  const isRoot = runAsUser === undefined ? !runAsNonRoot && isRootImage(container) : runAsUser === 0;
  return isRoot ? undefined : 'not-root';
}

/** True when `securityContext.sysctls` names vm.max_map_count: the kubelet refuses it, since it is no namespaced sysctl. */
export function hasPodSysctl(pod: Pod): boolean {
  const security = get(pod.spec, 'securityContext');
  return objects(security, 'sysctls').some((sysctl) => /^vm[./]max_map_count$/.test(text(sysctl, 'name') ?? ''));
}
