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
  containers: {
    most: 100,
    what: 'containers, and as many init containers',
    why: 'A pod with sidecars of every kind has ten.',
  },
  entries: {
    most: 1000,
    what: 'variables, mounts or ports of one container',
    why: 'Generated pods have hundreds, hardly ever thousands.',
  },
  image: {
    most: 520,
    what: 'characters of an image reference',
    why: 'The grammar allows 255 for the name, 128 for the tag, 135 for a sha512 digest.',
  },
  name: {
    most: 256,
    what: 'characters of a setting’s name in an argument',
    why: 'The longest of the catalogue has 53.',
  },
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
  commandLines: {
    most: 131_072,
    what: 'characters of all command lines of a pod together',
    why: 'Eight of the longest that are read.',
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
  crashLog: {
    most: 262_144,
    what: 'characters at the end of a crashed container’s log, for `doctor`',
    why: 'The line is among the last: the server stops after it.',
  },
} as const satisfies Record<string, Limit>;
