import { get, objects, text } from './json.ts';
import type { Container, Pod } from './pod.ts';
import { type Programs, runs } from './runs.ts';
import { type Effect, effectOf } from './sysctl.ts';

/** What one container of the pod does about vm.max_map_count. */
export interface Raise {
  readonly container: Container;
  /** The value it sets or waits for; null when the text does not tell (a script from a ConfigMap, a variable from elsewhere). */
  readonly value: number | null;
  /** `set` overwrites whatever was there, `raise` compares first, `wait` blocks until the node has it, `script` cannot be seen. */
  readonly how: 'set' | 'raise' | 'wait' | 'script';
  /** Why it does not work although it looks as if it did. */
  readonly flaw: Flaw | undefined;
}

/** The ways in which an init container that should raise the value fails to. */
export type Flaw = 'not-privileged' | 'not-root' | 'separate-words';

/** The sentence that tells an author what is wrong with an init container of theirs. */
export const FLAWS: Readonly<Record<Flaw, string>> = {
  'not-privileged': 'is not privileged, so it cannot write vm.max_map_count',
  'not-root': 'does not run as root (runAsUser: 0), so its write is refused although it exits 0',
  'separate-words': 'passes sysctl to the shell as separate words: only the first one runs and nothing is set',
};

const TELLING_NAME = /sysctl|max[-_]?map|os-settings/;

/** What a container does about vm.max_map_count, or undefined when it has nothing to do with it. */
export function raiseBy(container: Container, rootByDefault: boolean): Raise | undefined {
  const variables = new Map(container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
  // $(NAME) is expanded by the kubelet before anything runs.
  const words = [...container.command, ...container.args].map((word) => {
    return word.replace(/\$\((\w+)\)/g, (whole, name: string) => variables.get(name) ?? whole);
  });
  const effect = effectOf(words, variables);
  if (effect)
    return { container, value: effect.value, how: effect.how, flaw: flawOf(effect, container, rootByDefault) };
  if (!TELLING_NAME.test(container.name) || !isHiddenScript(container, words)) return undefined;
  return { container, value: null, how: 'script', flaw: powerFlaw(container, rootByDefault) };
}

const NO_PRODUCT: Programs = { programs: new Set(), tools: new Set() };

// A script from a volume or from the image: only the container's name tells what it is for.
function isHiddenScript(container: Container, words: readonly string[]): boolean {
  const isPlain = words.some((word) => /sysctl\s|\/proc\/sys\//.test(word));
  return !isPlain && (words.length === 0 || runs(container, NO_PRODUCT) !== 'tool');
}

function flawOf(effect: Effect, container: Container, rootByDefault: boolean): Flaw | undefined {
  if (effect.isTornApart) return 'separate-words';
  if (effect.how === 'wait') return undefined;
  const flaw = powerFlaw(container, rootByDefault);
  // The host's /proc under another path is no read-only mount, so root is enough there.
  return flaw === 'not-privileged' && effect.host ? undefined : flaw;
}

function powerFlaw({ privileged, runAsUser, runAsNonRoot }: Container, rootByDefault: boolean): Flaw | undefined {
  if (!privileged) return 'not-privileged';
  const isRoot = runAsUser === undefined ? rootByDefault && !runAsNonRoot : runAsUser === 0;
  return isRoot ? undefined : 'not-root';
}

/** The value that is in force after these raises, applied in order; null when it cannot be known, undefined without any that works. */
export function valueAfter(raises: readonly Raise[]): number | null | undefined {
  let value: number | null | undefined;
  for (const raise of raises.filter(({ flaw }) => flaw === undefined)) {
    if (raise.value === null || value === undefined || value === null) value = raise.value;
    else value = raise.how === 'set' ? raise.value : Math.max(value, raise.value);
  }
  return value;
}

/** True when `securityContext.sysctls` names vm.max_map_count: the kubelet refuses it, since it is no namespaced sysctl. */
export function hasPodSysctl(pod: Pod): boolean {
  return podSysctls(pod).some((name) => /^vm[./]max_map_count$/.test(name));
}

function podSysctls(pod: Pod): string[] {
  const security = get(pod.spec, 'securityContext');
  return objects(security, 'sysctls').flatMap((sysctl) => text(sysctl, 'name') ?? []);
}
