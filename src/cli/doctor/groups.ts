import type { JsonObject } from '../../core/json.ts';
import { get, text } from '../../core/json.ts';
import { type Controller, controllerOf } from './controller.ts';

/** Pods of one owner with the same trouble. */
export interface Group<T> {
  readonly owner: Controller;
  /** The names of the first few. */
  readonly pods: readonly string[];
  /** Where these are. */
  readonly nodes: readonly string[];
  readonly count: number;
  /** What was seen of the first. */
  readonly first: T;
}

// More than anybody reads; what is kept of a cluster must not grow with it.
const MOST_GROUPS = 1000;
const MOST_NAMES = 3;

/** Counts pods by owner, and keeps a few names of each. */
export class Groups<T> {
  readonly #groups = new Map<string, Group<T>>();
  #beyond = 0;

  /** Counts a pod among those of the same owner and kind of trouble. */
  add(pod: JsonObject, kind: string, first: () => T): void {
    const owner = controllerOf(pod);
    const key = `${owner.name} ${kind}`;
    const known = this.#groups.get(key);
    if (!known && this.#groups.size >= MOST_GROUPS) {
      this.#beyond += 1;
      return;
    }
    const group: Group<T> = known ?? { owner, pods: [], nodes: [], count: 0, first: first() };
    const [name = '', node] = [text(get(pod, 'metadata'), 'name'), text(get(pod, 'spec'), 'nodeName')];
    const isNewNode = node !== undefined && group.nodes.length < MOST_NAMES && !group.nodes.includes(node);
    this.#groups.set(key, {
      ...group,
      count: group.count + 1,
      pods: group.pods.length < MOST_NAMES ? [...group.pods, name] : group.pods,
      nodes: isNewNode ? [...group.nodes, node] : group.nodes,
    });
  }

  /** The largest first. */
  get all(): readonly Group<T>[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count);
  }

  /** How many pods are of owners that are not among these. */
  get beyond(): number {
    return this.#beyond;
  }
}

/** The names that were kept, and a sign that there are more. */
export function namesOf({ pods, count }: Group<unknown>): string {
  return `${pods.join(', ')}${count > pods.length ? ', ...' : ''}`;
}

const MOST_SHOWN = 20;

/** A line for each of the largest groups, and one that counts the rest. */
export function few<T, R>(groups: Groups<T>, show: (group: Group<T>) => R, rest: (message: string) => R): R[] {
  const { all, beyond } = groups;
  const shown = all.slice(0, MOST_SHOWN).map(show);
  const left = all.slice(MOST_SHOWN);
  const pods = left.reduce((sum, { count }) => sum + count, beyond);
  if (pods === 0) return shown;
  const owners = beyond > 0 ? `more than ${left.length}` : String(left.length);
  return [...shown, rest(`and ${owners} more like these, with ${pods} pods: narrow it with -n NAMESPACE`)];
}
