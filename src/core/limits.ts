/** A bound on what is read of a pod, and why it stands where it does. */
interface Limit {
  readonly most: number;
  readonly what: string;
  readonly why: string;
}

/**
 * How much of what a pod's author writes is looked at. What lies beyond counts as not seen: it is no evidence, handles
 * nothing and is no fault.
 */
export const LIMITS = {
  commandWords: {
    most: 1000,
    what: 'words of a command line',
    why: 'The longest of our corpus has fewer than 40.',
  },
  commandLength: {
    most: 16_384,
    what: 'characters of a command line, with the scripts in it',
    why: 'The start scripts of public charts have up to 5,000.',
  },
  scriptDepth: {
    most: 12,
    what: 'blocks of a shell script inside one another',
    why: 'People lose track earlier.',
  },
  nestedCommands: {
    most: 3,
    what: '`sh -c` inside `sh -c`',
    why: 'Two are seen in the field.',
  },
  initContainers: {
    most: 16,
    what: 'init containers whose commands are read',
    why: 'Pods of our corpus have up to 6.',
  },
} as const satisfies Record<string, Limit>;
