/** A bound on what is read of a pod, and why it stands where it does. */
interface Limit {
  readonly most: number;
  readonly reason: string;
}

/**
 * How much of what a pod's author writes is looked at. What lies beyond counts as not seen: it is no evidence, handles
 * nothing and is no fault.
 */
export const LIMITS = {
  commandWords: { most: 1000, reason: 'Words of a command line. The longest of the corpus has fewer than 40.' },
  commandLength: {
    most: 16_384,
    reason: 'Characters of a command line, its scripts included. The start scripts of public charts have up to 5,000.',
  },
  scriptDepth: { most: 12, reason: 'Blocks of a shell script inside one another. People lose track earlier.' },
  nestedCommands: { most: 3, reason: '`sh -c` inside `sh -c`. Two are seen in the field.' },
  initContainers: { most: 16, reason: 'Init containers whose commands are read. Pods of the corpus have up to 6.' },
} as const satisfies Record<string, Limit>;
