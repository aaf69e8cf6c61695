import { constants, fstatSync, openSync, writeSync } from 'node:fs';

// Of 4 KiB a pipe takes all or none (PIPE_BUF on Linux). A UTF-16 unit takes three bytes of UTF-8 at most.
const WHOLE_IN_A_PIPE = 4_096 / 3;

/** Writes a line at once and as a whole; false when that cannot be had, and nothing was written. */
export type DirectWrite = (line: string) => boolean;

/**
 * A way to write to a file descriptor without a thread and without waiting for whoever reads it. A pipe is opened anew for
 * that, so that for everybody else it blocks as it did. What is neither a file nor a pipe takes nothing.
 */
export function directWrite(descriptor: number): DirectWrite {
  const { own, longest } = openDirect(descriptor);
  return (line) => {
    if (own === undefined || line.length > longest) return false;
    try {
      writeSync(own, line);
      return true;
    } catch {
      return false;
    }
  };
}

interface Direct {
  readonly own: number | undefined;
  readonly longest: number;
}

function openDirect(descriptor: number): Direct {
  try {
    const kind = fstatSync(descriptor);
    if (kind.isFile()) return { own: descriptor, longest: Number.POSITIVE_INFINITY };
    const path = `/proc/self/fd/${descriptor}`;
    const own = kind.isFIFO() ? openSync(path, constants.O_WRONLY | constants.O_NONBLOCK) : undefined;
    return { own, longest: WHOLE_IN_A_PIPE };
  } catch {
    // No such file on this system, or not ours to open.
    return { own: undefined, longest: 0 };
  }
}
